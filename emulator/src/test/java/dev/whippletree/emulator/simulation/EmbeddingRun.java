package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.embedding.Embedder;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.Vectors;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Failure;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Requests for the vectors of overlapping texts, drawn from a seed, and what has to be true of them. */
final class EmbeddingRun {

    private static final EmbeddingBounds BOUNDS = new EmbeddingBounds(7, 120);
    private static final String OTHER_MODEL = "other";

    private final Random random;
    private final boolean rough;
    private final boolean cached;
    private final SimulatedPool pool;
    private final Embedder embedder;
    private final List<Asking> askings = new ArrayList<>();

    private final List<String> violations = new ArrayList<>();

    /** What is being asked for right now, by who may share it. */
    private final Set<String> underWay = new HashSet<>();

    /** How often each text was asked for. */
    private final Map<String, Integer> asked = new HashMap<>();

    /** One request and its outcome. */
    private record Asking(Prompt prompt, CompletableFuture<Embeddings> outcome) {

        boolean isWrong() {
            return prompt.messages().stream().anyMatch(message -> text(message).isEmpty());
        }

        int dimensions() {
            return (Integer) prompt.parameters().extras().getOrDefault("dimensions", 0);
        }
    }

    EmbeddingRun(long seed, boolean rough) {
        this.random = new Random(seed);
        this.rough = rough;
        int accounts = 1 + random.nextInt(3);
        SimulatedPoolBuilder builder = SimulatedPool.builder(seed)
                .clients((account, client) -> new WatchedEmbeddings(client))
                .service(
                        ServiceKind.OPENAI,
                        service -> service.latency(
                                        Latency.lognormal(Duration.ofMillis(10 + random.nextInt(2_000)), 0.5))
                                .faults(rough ? faults() : FaultScript.NONE));
        for (int number = 0; number < accounts; number++) {
            builder.account(SimulatedAccount.of(
                    "a" + number,
                    ServiceKind.OPENAI,
                    ServiceLimit.sliding(Limit.parse((3 + random.nextInt(20)) + " / 5s")),
                    ServiceLimit.sliding(Limit.parse((400 + random.nextInt(2_000)) + " tokens / 10s"))));
        }
        builder.account(SimulatedAccount.of("fallback", ServiceKind.OPENAI)
                .withModels(List.of(OTHER_MODEL))
                .inTier(1));
        this.cached = random.nextInt(4) > 0;
        if (cached) {
            builder.cached(MoodyStore::new);
        }
        this.pool = builder.build();
        this.embedder = new Embedder(pool.engine(), pool.timeline());
    }

    private static FaultScript faults() {
        return FaultScript.of(
                FaultRule.parse("500:5%"),
                FaultRule.parse("429=1s:3%"),
                FaultRule.parse("reset:3%"),
                FaultRule.parse("cut:2%"),
                FaultRule.parse("malformed:2%"),
                FaultRule.parse("hang:1%"),
                FaultRule.parse("503@3s-6s:a0"));
    }

    void run() {
        VirtualTimeline timeline = pool.timeline();
        int requests = 5 + random.nextInt(40);
        for (int number = 0; number < requests; number++) {
            timeline.schedule(Duration.ofMillis(random.nextInt(8_000)).toNanos(), this::ask);
        }
        if (rough) {
            timeline.schedule(
                    Duration.ofSeconds(4).toNanos(), () -> pool.engine().clearCaches(Optional.empty()));
        }
        timeline.runAll();
        assertThat(violations).isEmpty();
        askings.forEach(this::check);
        assertThat(embedder.textsUnderWay()).as("texts left over").isZero();
        assertThat(underWay).as("calls left over").isEmpty();
        assertThat(pool.status().inFlight()).isZero();
        assertThat(pool.status().waiting()).isZero();
        assertThat(pool.stats(ServiceKind.OPENAI).limits())
                .as("limits that were exceeded")
                .allMatch(limit -> limit.refused() == 0);
        if (!rough) {
            assertThat(askings)
                    .allMatch(asking -> asking.isWrong() || !asking.outcome().isCompletedExceptionally());
        }
        if (cached && !rough) {
            assertThat(asked.values()).as("how often each text was asked for").allMatch(times -> times == 1);
        }
    }

    private void ask() {
        Prompt.Builder prompt = Prompt.builder().operation(Prompt.Operation.EMBEDDING);
        int texts = 1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 8);
        for (int number = 0; number < texts; number++) {
            int which = random.nextInt(50);
            if (which % 10 == 9) {
                prompt.message(Message.tokens(List.of(which, 3, 7)));
            } else {
                prompt.user("text " + which + " ".repeat(which % 3) + "x".repeat(which));
            }
        }
        if (rough && random.nextInt(12) == 0) {
            prompt.user("");
        }
        prompt.tenant("t" + random.nextInt(2)).session("s" + random.nextInt(3));
        prompt.extra("dimensions", 2 + random.nextInt(5) / 4);
        if (random.nextInt(4) == 0) {
            prompt.priority(Priority.BATCH);
        }
        if (rough) {
            spoil(prompt);
        }
        Prompt built = prompt.build();
        Asking asking = new Asking(built, embedder.embed(built));
        askings.add(asking);
        if (rough && random.nextInt(3) == 0) {
            pool.timeline()
                    .schedule(
                            Duration.ofMillis(random.nextInt(3_000)).toNanos(),
                            () -> asking.outcome().cancel(false));
        }
    }

    private void spoil(Prompt.Builder prompt) {
        switch (random.nextInt(6)) {
            case 0 -> prompt.deadline(Duration.ofMillis(1 + random.nextInt(5_000)));
            case 1 -> prompt.callerTimeout(Duration.ofMillis(500 + random.nextInt(5_000)));
            case 2 -> prompt.noCache();
            case 3 -> prompt.noStore();
            default -> {}
        }
    }

    private void check(Asking asking) {
        assertThat(asking.outcome()).as("every request ends").isDone();
        if (asking.outcome().isCompletedExceptionally()) {
            checkFailure(asking);
            return;
        }
        assertThat(asking.isWrong()).as("a wrong text is refused").isFalse();
        List<Embedding> vectors = asking.outcome().join().all();
        assertThat(vectors).hasSameSizeAs(asking.prompt().messages());
        for (int index = 0; index < vectors.size(); index++) {
            String text = text(asking.prompt().messages().get(index));
            assertThat(vectors.get(index).base64())
                    .as("the vector of text %s", index)
                    .isEqualTo(Vectors.of(text, SimulatedAccount.MODEL, asking.dimensions()));
            assertThat(vectors.get(index).origin().model()).isEqualTo(SimulatedAccount.MODEL);
        }
    }

    private static void checkFailure(Asking asking) {
        if (asking.outcome().isCancelled()) {
            return;
        }
        try {
            throw new AssertionError(asking.outcome().join());
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(PromptException.class);
            assertThat(((PromptException) e.getCause()).reason() == PromptException.Reason.REJECTED)
                    .as("only a request with a wrong text is refused: %s", e.getMessage())
                    .matches(refused -> !refused || asking.isWrong());
        }
    }

    /** The engine would take an exception for the provider's. */
    private void note(boolean right, String otherwise) {
        if (!right) {
            violations.add(otherwise);
        }
    }

    private static String text(Message message) {
        return message.tokens()
                .map(tokens ->
                        String.join(" ", tokens.stream().map(String::valueOf).toList()))
                .orElse(message.text());
    }

    /** A client that sees which texts are under way. */
    private final class WatchedEmbeddings implements ProviderClient {

        private final ProviderClient client;

        WatchedEmbeddings(ProviderClient client) {
            this.client = client;
        }

        @Override
        public Optional<EmbeddingBounds> embeddings() {
            return Optional.of(BOUNDS);
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return client.admission(prompt, model);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            note(model.equals(SimulatedAccount.MODEL), "another model is asked");
            note(prompt.messages().size() <= BOUNDS.inputs(), "a call has too many texts");
            Set<String> keys = new HashSet<>();
            for (Message message : prompt.messages()) {
                String key = prompt.tenant() + "|" + prompt.parameters().extras() + "|" + text(message);
                asked.merge(key, 1, Integer::sum);
                note(keys.add(key), "a call has a text twice: " + key);
                note(!prompt.cache().read() || underWay.add(key), "asked for twice at a time: " + key);
            }
            Runnable end = () -> {
                if (prompt.cache().read()) {
                    underWay.removeAll(keys);
                }
            };
            Cancellable call = client.send(prompt, model, new WatchedEnd(sink, end));
            return () -> {
                end.run();
                call.cancel();
            };
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Notices the end of a call. */
    private static final class WatchedEnd extends ForwardingSink {

        private final Runnable end;

        WatchedEnd(AttemptSink sink, Runnable end) {
            super(sink);
            this.end = end;
        }

        @Override
        public void done(AnswerEnd answer) {
            end.run();
            super.done(answer);
        }

        @Override
        public void failed(Failure failure) {
            end.run();
            super.failed(failure);
        }
    }

    /** A cache that is slow now and then; in a rough run it also forgets and fails. */
    private final class MoodyStore implements CacheStore {

        private final VirtualTimeline timeline;
        private final MemoryStore memory = new MemoryStore();

        MoodyStore(VirtualTimeline timeline) {
            this.timeline = timeline;
        }

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return rough && random.nextInt(10) == 0
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : slowly(() -> memory.get(key));
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return rough && random.nextInt(20) == 0
                    ? CompletableFuture.failedFuture(new IllegalStateException("moody"))
                    : slowly(() -> memory.put(key, entry));
        }

        private <T> CompletionStage<T> slowly(Supplier<CompletionStage<T>> task) {
            if (random.nextBoolean()) {
                return task.get();
            }
            CompletableFuture<T> later = new CompletableFuture<>();
            timeline.schedule(
                    Duration.ofMillis(random.nextInt(300)).toNanos(),
                    () -> task.get().thenAccept(later::complete));
            return later;
        }

        @Override
        public CompletionStage<Void> remove(CacheKey key) {
            return memory.remove(key);
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return memory.clear(tenant);
        }

        @Override
        public void close() {}
    }
}
