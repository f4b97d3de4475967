package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.SystemTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine on the machine's own time, with many threads that submit, join and cancel, and answers that come on
 * others.
 */
@Tag("slow")
final class ConcurrencyStressTest {

    private static final int THREADS = 8;
    private static final int PROMPTS_A_THREAD = 300;
    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private final SystemTimeline timeline = new SystemTimeline(executor);

    @AfterEach
    void closeAll() {
        timeline.close();
        executor.shutdownNow();
    }

    /**
     * Answers each call on another thread with the prompt's own text; some it fails, a few it answers within the call.
     */
    private final class ThreadedClient implements ProviderClient {

        private final Map<String, AtomicInteger> callsByText = new ConcurrentHashMap<>();

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(3, 7);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            String text = prompt.messages().get(0).text();
            AtomicInteger calls = callsByText.computeIfAbsent(text, key -> new AtomicInteger());
            int hash = calls.incrementAndGet() + text.hashCode();
            Runnable end = () -> {
                sink.firstByte();
                if (Math.floorMod(hash, 40) == 0) {
                    sink.failed(Failure.of(FailureKind.UNAVAILABLE, "scripted"));
                } else {
                    sink.delta(new Delta.Text(text));
                    sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                }
            };
            sink.sent();
            if (Math.floorMod(hash, 16) == 0) {
                end.run();
            } else {
                timeline.schedule(Math.floorMod(hash, 2_000) * 1_000L, end);
            }
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private static AccountSettings account(String id, int concurrency, int requests) {
        return AccountSettings.builder(id, "threaded")
                .maxConcurrency(concurrency)
                .limit(Limit.requests(requests, Duration.ofMillis(100)))
                .limit(Limit.tokens(6_000, Duration.ofMillis(100)))
                .build();
    }

    private static void inThreads(int threads, IntConsumer work) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                done.add(CompletableFuture.runAsync(() -> work.accept(number), callers));
            }
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            callers.shutdownNow();
        }
    }

    /** A client that may not be called any more once it is closed. */
    private static final class ClosableClient implements ProviderClient {

        private final ProviderClient client;
        private final AtomicInteger closings = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();

        ClosableClient(ProviderClient client) {
            this.client = client;
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return client.admission(prompt, model);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            late.addAndGet(closings.get());
            return client.send(prompt, model, sink);
        }

        @Override
        public void close() {
            closings.incrementAndGet();
        }
    }

    /** Reloads with other accounts, connections, bounds and routes, each time those that a random says. */
    private final class Reloads {

        private final SplittableRandom random;
        private final Map<String, ClosableClient> present = new HashMap<>();
        private final List<ClosableClient> replaced = new ArrayList<>();

        Reloads(long seed) {
            this.random = new SplittableRandom(seed);
        }

        Topology next() {
            List<String> ids = new ArrayList<>(List.of("a", "b", "c"));
            if (random.nextBoolean()) {
                ids.remove(random.nextInt(3));
            }
            List<ClosableClient> before = List.copyOf(present.values());
            present.keySet().retainAll(ids);
            List<Topology.OpenAccount> accounts = ids.stream()
                    .map(id -> {
                        if (random.nextInt(4) == 0 || !present.containsKey(id)) {
                            present.put(id, new ClosableClient(new ThreadedClient()));
                        }
                        return new Topology.OpenAccount(
                                account(id, 1 + random.nextInt(32), 200 + random.nextInt(400)), present.get(id));
                    })
                    .toList();
            before.stream().filter(client -> !present.containsValue(client)).forEach(replaced::add);
            Map<String, Topology.OpenRoute> routes = new HashMap<>();
            routes.put("default", route("default", ids));
            if (random.nextBoolean()) {
                routes.put("other", route("other", ids.subList(0, 1)));
            }
            return new Topology(accounts, routes, "default", List.of(), List.of());
        }

        private Topology.OpenRoute route(String name, List<String> ids) {
            List<TargetSettings> targets =
                    ids.stream().map(id -> new TargetSettings(id, "m")).toList();
            return new Topology.OpenRoute(
                    RouteSettings.of(name, List.of(new Tier(targets))),
                    List.of(new RoundRobin().open(Settings.none("test"), timeline.random())));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void reloadsAmongManyThreads_everyPromptEndsOnceAndEveryClientIsClosedOnce(long seed) throws Exception {
        Reloads reloads = new Reloads(seed);
        Engine engine = new Engine(timeline, reloads.next(), EngineSettings.DEFAULT, List.of());
        Map<CompletableFuture<Completion>, String> questions = new ConcurrentHashMap<>();
        List<CompletableFuture<Completion>> answers = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger ends = new AtomicInteger();
        AtomicInteger asking = new AtomicInteger(THREADS);
        AtomicInteger reloaded = new AtomicInteger();
        inThreads(THREADS + 1, thread -> {
            if (thread == THREADS) {
                for (; asking.get() > 0 || reloaded.get() < 20; reloaded.incrementAndGet()) {
                    engine.reload(reloads.next(), ProviderClient::close);
                }
                return;
            }
            SplittableRandom random = new SplittableRandom(seed * 100 + thread);
            for (int index = 0; index < PROMPTS_A_THREAD; index++) {
                String text = "question " + random.nextInt(PROMPTS_A_THREAD * 2);
                Prompt.Builder prompt = Prompt.builder().user(text).session("session " + thread);
                if (random.nextInt(10) == 0) {
                    prompt.deadline(Duration.ofMillis(1 + random.nextInt(50)));
                }
                if (random.nextInt(5) == 0) {
                    prompt.route("other");
                }
                if (random.nextInt(20) == 0) {
                    prompt.noCache();
                }
                CompletableFuture<Completion> answer = random.nextInt(4) == 0
                        ? ReadingCaller.of(engine, prompt.build()).whole()
                        : engine.complete(prompt.build());
                questions.put(answer, text);
                // What waits for the end waits for its being counted too, or it might look a moment too early.
                answers.add(answer.whenComplete((completion, failure) -> ends.incrementAndGet()));
                if (random.nextInt(6) == 0) {
                    answer.cancel(true);
                }
            }
            asking.decrementAndGet();
        });
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .handle((all, failure) -> "")
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        engine.reload(reloads.next(), ProviderClient::close);
        engine.close(Duration.ofSeconds(PATIENCE_SECONDS)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(ends).hasValue(THREADS * PROMPTS_A_THREAD);
        questions.forEach((answer, text) -> {
            if (!answer.isCompletedExceptionally()) {
                assertThat(answer.join().text()).isEqualTo(text);
            }
        });
        assertThat(reloads.replaced).isNotEmpty().allSatisfy(client -> {
            assertThat(client.closings).hasValue(1);
            assertThat(client.late).hasValue(0);
        });
        assertThat(reloads.present.values())
                .allSatisfy(client -> assertThat(client.closings).hasValue(0));
        StatusSnapshot status = engine.status();
        assertThat(status.inFlight()).isZero();
        assertThat(status.waiting()).isZero();
        assertThat(status.sessionsActive()).isZero();
        assertThat(status.prompts().underWay()).isZero();
        assertThat(status.prompts().answered()).isGreaterThan(THREADS * PROMPTS_A_THREAD / 3);
    }
}
