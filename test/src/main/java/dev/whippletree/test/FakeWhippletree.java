package dev.whippletree.test;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Whippletree for tests: the real engine with its limits, waiting line, retries and caches, over services that answer
 * as the test says, in virtual time. It makes no connection and needs no token. Thread-safe.
 *
 * <pre>{@code
 * try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
 *         .failing("bad", FailureKind.OVERLOADED)
 *         .account("hf-1", "10 requests / 1m")) {
 *   Program program = new Program(fake.whippletree());
 *   program.askTwentyQuestions();
 *   assertThat(fake.asked()).hasSize(10);
 *   fake.advance(Duration.ofMinutes(1));
 *   assertThat(fake.asked()).hasSize(20);
 * }
 * }</pre>
 *
 * <p>Time stands still but for {@link #advance}. A program that blocks until it has its answers, whatever they wait for,
 * needs {@link #timeFlies}. Callbacks of answers run on the fake's one thread, so they mustn't block on other answers.
 */
public final class FakeWhippletree implements AutoCloseable {

    private static final String PROVIDER = "fake";
    private static final String MODEL = "fake-model";

    private final Function<Prompt, String> answers;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Prompt> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger callsUnderWay = new AtomicInteger();
    private final List<AccountSettings> accounts = new ArrayList<>();
    private final FakeTimeline timeline;
    private UnaryOperator<Whippletree.Builder> more = UnaryOperator.identity();
    private volatile boolean flies;
    private volatile @Nullable Whippletree opened;

    /**
     * What happens to prompts whose last message has a text in it.
     *
     * @param part the text
     * @param failure why they fail; absent: they don't
     * @param takes how long a call takes; absent: no time
     */
    private record Rule(String part, Optional<Failure> failure, Optional<Duration> takes) {}

    private FakeWhippletree(Function<Prompt, String> answers) {
        this.answers = answers;
        this.timeline = new FakeTimeline(this::isWaitedFor);
    }

    /**
     * Returns a fake whose services answer each call at once.
     *
     * @param answers returns the text for a prompt; called for each call, not for answers from caches. What it throws is
     *     a failed call
     */
    public static FakeWhippletree answering(Function<Prompt, String> answers) {
        return new FakeWhippletree(answers);
    }

    /** Lets calls fail whose last message contains a text. Of several that match, the latest counts. */
    public FakeWhippletree failing(String part, FailureKind kind) {
        return failing(part, Failure.of(kind, "the fake fails '" + part + "'"));
    }

    /** Lets calls fail whose last message contains a text. Of several that match, the latest counts. */
    public FakeWhippletree failing(String part, Failure failure) {
        rules.add(0, new Rule(part, Optional.of(failure), Optional.empty()));
        return this;
    }

    /** Lets all calls succeed again. */
    public FakeWhippletree healing() {
        rules.removeIf(rule -> rule.failure().isPresent());
        return this;
    }

    /** Lets calls take a time, those whose last message contains a text; {@code ""}: all. */
    public FakeWhippletree slow(String part, Duration takes) {
        rules.add(0, new Rule(part, Optional.empty(), Optional.of(takes)));
        return this;
    }

    /**
     * Adds an account; without any, there is one without limits, {@code fake}.
     *
     * @param id what status and errors call it
     * @param limits such as {@code 10 requests / 1m}
     */
    public FakeWhippletree account(String id, String... limits) {
        requireUnopened();
        AccountSettings.Builder account = AccountSettings.builder(id, PROVIDER);
        for (String limit : limits) {
            account.limit(limit);
        }
        accounts.add(account.build());
        return this;
    }

    /** Sets anything else of the Whippletree, such as caches and routes; their model is {@code fake-model}. */
    public FakeWhippletree with(UnaryOperator<Whippletree.Builder> settings) {
        requireUnopened();
        UnaryOperator<Whippletree.Builder> before = more;
        more = builder -> settings.apply(before.apply(builder));
        return this;
    }

    /**
     * Lets time jump to the next event whenever a prompt waits and nothing else happens: waits of hours are over at
     * once, and a program may block on answers.
     */
    public FakeWhippletree timeFlies() {
        flies = true;
        timeline.schedule(0, () -> {});
        return this;
    }

    /** Returns the Whippletree under test, opened at the first call; the settings above are fixed from then on. */
    public synchronized Whippletree whippletree() {
        if (opened == null) {
            Whippletree.Builder builder = Whippletree.builder()
                    .timeline(timeline)
                    .provider(new FakeProvider())
                    .model(MODEL);
            (accounts.isEmpty()
                            ? List.of(
                                    AccountSettings.builder(PROVIDER, PROVIDER).build())
                            : accounts)
                    .forEach(builder::account);
            opened = more.apply(builder).build();
        }
        return opened;
    }

    private synchronized void requireUnopened() {
        if (opened != null) {
            throw new IllegalStateException("the Whippletree is open already: set this before whippletree()");
        }
    }

    /** Moves time on, and returns when all that happens by then has happened. */
    public void advance(Duration ahead) {
        timeline.advance(ahead);
    }

    /** Returns the prompts of all calls so far, in order, repeated ones included: what services were really asked. */
    public List<Prompt> asked() {
        timeline.settle();
        return List.copyOf(asked);
    }

    /** Returns how many prompts wait for quota, or for a service that has failed. */
    public int waiting() {
        timeline.settle();
        return whippletree().status().waiting();
    }

    /** Returns the fake's time. */
    public Timeline timeline() {
        return timeline;
    }

    /** Closes the Whippletree; prompts without an answer fail. */
    @Override
    public void close() {
        Whippletree open = opened;
        if (open != null) {
            open.close(Duration.ZERO);
            timeline.settle();
        }
        timeline.close();
    }

    private boolean isWaitedFor() {
        Whippletree open = opened;
        if (!flies || open == null) {
            return false;
        }
        StatusSnapshot now = open.status();
        // A call that the engine has begun and not yet sent has its timeout already, but not its answer.
        return now.prompts().underWay() > 0 && now.inFlight() == callsUnderWay.get();
    }

    private static String lastText(Prompt prompt) {
        return prompt.messages().get(prompt.messages().size() - 1).text();
    }

    /** The service behind every account. */
    private final class FakeProvider implements Provider {

        @Override
        public String name() {
            return PROVIDER;
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of();
        }

        @Override
        public ProviderClient connect(AccountSettings account, Services services) {
            return new FakeClient();
        }
    }

    private final class FakeClient implements ProviderClient {

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(
                    lastText(prompt).length() / 4 + 1, prompt.parameters().maxTokens());
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            asked.add(prompt);
            sink.sent();
            List<Rule> matching = rules.stream()
                    .filter(rule -> lastText(prompt).contains(rule.part()))
                    .toList();
            Duration takes = matching.stream()
                    .flatMap(rule -> rule.takes().stream())
                    .findFirst()
                    .orElse(Duration.ZERO);
            Optional<Failure> failure =
                    matching.stream().flatMap(rule -> rule.failure().stream()).findFirst();
            AtomicBoolean over = new AtomicBoolean();
            Timeline.Timer timer = timeline.schedule(takes.toNanos(), () -> {
                end(prompt, model, sink, failure);
                over(over);
            });
            callsUnderWay.incrementAndGet();
            return () -> {
                timer.cancel();
                over(over);
            };
        }

        private void over(AtomicBoolean over) {
            if (!over.getAndSet(true)) {
                callsUnderWay.decrementAndGet();
            }
        }

        private void end(Prompt prompt, String model, AttemptSink sink, Optional<Failure> failure) {
            sink.firstByte();
            if (failure.isPresent()) {
                sink.failed(failure.get());
                return;
            }
            String text;
            try {
                text = answers.apply(prompt);
            } catch (RuntimeException e) {
                sink.failed(Failure.of(FailureKind.UNAVAILABLE, "the test's answer threw " + e));
                return;
            }
            sink.delta(new Delta.Text(text));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
        }

        @Override
        public void close() {}
    }
}
