package dev.whippletree.test;

import dev.whippletree.Whippletree;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Whippletree for tests: the real engine with its limits, waiting line, retries and caches, over services that answer
 * as the test says, in virtual time. It makes no connection and needs no token: whatever its configuration says, it
 * opens no coordinator, no shared cache and no state folder. Thread-safe.
 *
 * <pre>{@code
 * try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").account("hf-1", "10 requests / 1m")) {
 *     Program program = new Program(fake.whippletree());
 *     program.askTwentyQuestions();
 *     assertThat(fake.asked()).hasSize(10);
 *     fake.advance(Duration.ofMinutes(1));
 *     assertThat(fake.asked()).hasSize(20);
 * }
 * }</pre>
 *
 * <p>Time stands still but for {@link #advance}. A program that blocks on answers that wait needs {@link #timeFlies}.
 *
 * <p>Calls are answered on a thread of the fake. So an equal prompt joins the one before or finds its answer cached by
 * chance, as in production; call {@link #asked} between the two, and it is cached.
 */
public final class FakeWhippletree implements AutoCloseable {

    private static final String NAME = "fake";
    private static final Pattern TOKEN = Pattern.compile("(?<![\\w-])token[\"']?\\s*:\\s*[\"']?\\$\\{(\\w+)}");

    private final FakeTimeline timeline = new FakeTimeline(this::flies);
    private final List<Prompt> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<AccountSettings> accounts = new ArrayList<>();
    private volatile Function<Prompt, List<Delta.Piece>> answers = prompt -> List.of();
    private volatile Function<Prompt, List<Delta.Piece>> vectors = prompt -> List.of();
    private volatile BiFunction<String, String, Optional<Failure>> failures = FakeWhippletree::none;
    private volatile Function<String, Duration> durations = text -> Duration.ZERO;
    private volatile boolean flying;
    private final AtomicReference<@Nullable Error> thrown = new AtomicReference<>();
    private volatile @Nullable Whippletree opened;
    private Whippletree.@Nullable Builder base;

    private FakeWhippletree() {}

    /** Returns a fake whose services answer each call at once, as {@link #answers} says; four characters a token. */
    public static FakeWhippletree answering(Function<Prompt, String> answers) {
        return new FakeWhippletree().answers(answers).embedding(text ->
                new float[] {(float) Math.cos(text.hashCode()), (float) Math.sin(text.hashCode())});
    }

    /**
     * Sets the text of answers from now on. It may wait for futures only. Throwing is {@link FailureKind#REJECTED}; an
     * error, such as of an assertion, is also thrown by the next {@link #asked}, {@link #advance} or {@link #close}.
     */
    public FakeWhippletree answers(Function<Prompt, String> answers) {
        return answersInPieces(prompt -> List.of(new Delta.Text(answers.apply(prompt))));
    }

    /** Sets the pieces that answer a call from now on, such as a {@link Delta.ToolCallPart} that calls a tool. */
    public FakeWhippletree answersInPieces(Function<Prompt, List<Delta.Piece>> answers) {
        this.answers = answers;
        return this;
    }

    /** Sets the vectors of texts from now on. Before, a text has two numbers that depend on it alone. */
    public FakeWhippletree embedding(Function<String, float[]> vectors) {
        Function<Message, String> vector = text -> Embedding.encode(vectors.apply(text(List.of(text))));
        this.vectors = prompt ->
                List.of(new Delta.Text(prompt.messages().stream().map(vector).collect(Collectors.joining("\n"))));
        return this;
    }

    /** Fails calls whose last message, or one of whose texts to embed, contains a text; {@code ""}: all calls. */
    public FakeWhippletree failing(String part, FailureKind kind) {
        return failing((account, text) -> text.contains(part), Failure.of(kind, "the test fails '" + part + "'"));
    }

    /** Fails the calls of an account. */
    public FakeWhippletree failingAccount(String id, FailureKind kind) {
        return failing((account, text) -> account.equals(id), Failure.of(kind, "the test fails account " + id));
    }

    /** Fails calls by the account's id and the text, for example with a Retry-After. The last rule that fits counts. */
    public synchronized FakeWhippletree failing(BiPredicate<String, String> calls, Failure failure) {
        BiFunction<String, String, Optional<Failure>> others = failures;
        failures = (account, text) -> calls.test(account, text) ? Optional.of(failure) : others.apply(account, text);
        return this;
    }

    /** Lets all calls succeed again. An account that is closed opens again as it would in production. */
    public synchronized FakeWhippletree healing() {
        failures = FakeWhippletree::none;
        return this;
    }

    private static Optional<Failure> none(String account, String text) {
        return Optional.empty();
    }

    /** Sets how long calls take whose last message contains a text. A stream's pieces come evenly over it. */
    public synchronized FakeWhippletree slow(String part, Duration takes) {
        Function<String, Duration> others = durations;
        durations = text -> text.contains(part) ? takes : others.apply(text);
        return this;
    }

    /** Adds an account with limits such as {@code 10 requests / 1m}. Without any, there is one without limits. */
    public synchronized FakeWhippletree account(String id, String... limits) {
        requireUnopened();
        AccountSettings.Builder account = AccountSettings.builder(id, NAME);
        List.of(limits).forEach(account::limit);
        accounts.add(account.build());
        return this;
    }

    /**
     * Starts from a builder with a configuration, routes, caches or listeners; without an account, there is one without
     * limits. No call reaches a real service, but the variables that its tokens come from must be set, to anything;
     * those of a file needn't with {@link #over(Path)}.
     */
    public synchronized FakeWhippletree over(Whippletree.Builder builder) {
        requireUnopened();
        base = builder;
        return this;
    }

    private void requireUnopened() {
        if (opened != null) {
            throw new IllegalStateException("the Whippletree is open already: set it up before whippletree()");
        }
    }

    /**
     * Starts from a configuration file and this process's environment, in which variables of tokens may be missing:
     * each account without one gets any text as its token.
     */
    public FakeWhippletree over(Path file) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        try {
            // Names differ, as tokens must.
            TOKEN.matcher(Files.readString(file))
                    .results()
                    .map(reference -> reference.group(1))
                    .filter(name -> environment.getOrDefault(name, "").isBlank())
                    .forEach(name -> environment.put(name, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return over(Whippletree.builder().configuration(file).environment(environment));
    }

    /** Lets time move to the next event, or not, whenever a prompt is under way and the program's threads wait. */
    public FakeWhippletree timeFlies(boolean flies) {
        flying = flies;
        return this;
    }

    /** Returns the Whippletree under test. The first call opens it. */
    public synchronized Whippletree whippletree() {
        if (opened == null) {
            if (timeline.closed) {
                throw new IllegalStateException("this fake is closed");
            }
            Whippletree.Builder builder = base == null ? Whippletree.builder() : base;
            accounts.forEach(builder::account);
            builder.alone()
                    .timeline(timeline)
                    .provider(new FakeService(this, ""))
                    .clients((account, client) -> new FakeService(this, account.id()));
            opened = open(builder);
        }
        return opened;
    }

    /** What was given may have no account: that it lacks nothing else shows if it opens with one. */
    private Whippletree open(Whippletree.Builder builder) {
        try {
            return builder.build();
        } catch (ConfigurationException e) {
            if (!accounts.isEmpty()) {
                throw e;
            }
            try {
                return builder.account(AccountSettings.builder(NAME, NAME).build())
                        .build();
            } catch (ConfigurationException unused) {
                throw e;
            }
        }
    }

    /**
     * Moves time on, and returns when all that happens by then has happened.
     *
     * @param ahead zero or more
     */
    public void advance(Duration ahead) {
        if (ahead.isNegative()) {
            throw new IllegalArgumentException("time can't go back: advance(" + ahead + ")");
        }
        timeline.advance(ahead);
        rethrow();
    }

    private void rethrow() {
        Error error = thrown.getAndSet(null);
        if (error != null) {
            throw error;
        }
    }

    /** Returns the prompts of all calls so far, in order, repeated ones included. */
    public List<Prompt> asked() {
        timeline.settle();
        rethrow();
        return List.copyOf(asked);
    }

    /** Closes the Whippletree. Prompts without an answer fail. */
    @Override
    public void close() {
        if (opened != null) {
            var unused = opened.close(Duration.ZERO);
            timeline.settle();
        }
        timeline.closed = true;
        rethrow();
    }

    private boolean flies() {
        Whippletree open = opened;
        return flying && open != null && open.status().prompts().underWay() > 0;
    }

    private static String text(List<Message> messages) {
        Function<Message, String> text = it -> it.parts().isEmpty() ? it.text() : "" + it.parts();
        return messages.stream().map(text).collect(Collectors.joining("\n"));
    }

    /** The service of accounts that the test adds; and, for any account, the client that answers as the test says. */
    private record FakeService(FakeWhippletree fake, String account) implements Provider, ProviderClient {

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of();
        }

        @Override
        public ProviderClient connect(AccountSettings settings, Services services) {
            return this;
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(
                    text(prompt.messages()).length() / 4, prompt.parameters().maxTokens());
        }

        @Override
        public Optional<EmbeddingBounds> embeddings() {
            return Optional.of(new EmbeddingBounds(100, Long.MAX_VALUE));
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            List<Message> all = prompt.messages();
            boolean embeds = prompt.operation() == Prompt.Operation.EMBEDDING;
            String text = text(embeds ? all : all.subList(all.size() - 1, all.size()));
            long nanos = fake.durations.apply(text).toNanos();
            Optional<Failure> failure = fake.failures.apply(account, text);
            fake.asked.add(prompt);
            sink.sent();
            Runnable answer = () -> answer(prompt, model, sink, nanos);
            Runnable end =
                    failure.<Runnable>map(reason -> () -> sink.failed(reason)).orElse(answer);
            fake.timeline.schedule(failure.isPresent() ? nanos : 0, end);
            return () -> {};
        }

        private void answer(Prompt prompt, String model, AttemptSink sink, long nanos) {
            sink.firstByte();
            try {
                boolean embeds = prompt.operation() == Prompt.Operation.EMBEDDING;
                List<Delta.Piece> pieces = List.copyOf((embeds ? fake.vectors : fake.answers).apply(prompt));
                String text = pieces.stream().map(Delta.Piece::text).collect(Collectors.joining());
                TokenUsage usage = TokenUsage.of(text(prompt.messages()).length() / 4, text.length() / 4);
                boolean calls = pieces.stream().anyMatch(Delta.ToolCallPart.class::isInstance);
                FinishReason reason = calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
                AnswerEnd end = new AnswerEnd(reason, Optional.of(usage), model);
                deliver(pieces, nanos, sink, end);
            } catch (RuntimeException | Error e) {
                if (e instanceof Error error) {
                    fake.thrown.compareAndSet(null, error);
                }
                sink.failed(Failure.of(FailureKind.REJECTED, "the test's answer threw " + e));
            }
        }

        /** A piece comes once the one before was passed on: together, they would be one. */
        private void deliver(List<Delta.Piece> pieces, long nanos, AttemptSink sink, AnswerEnd end) {
            if (pieces.isEmpty()) {
                fake.timeline.schedule(nanos, () -> sink.done(end));
                return;
            }
            long first = nanos / pieces.size();
            fake.timeline.schedule(first, () -> {
                sink.delta(pieces.get(0));
                deliver(pieces.subList(1, pieces.size()), nanos - first, sink, end);
            });
        }

        @Override
        public void close() {}
    }
}
