package dev.whippletree.tests.benchmark;

import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * The production engine, all of its accounts busy and prompts of many sessions in line. Each account allows four calls
 * at once and has a limit in requests and one in tokens, both far off. Confined to one thread.
 */
final class BusyEngine {

    private static final int CONCURRENCY = 4;
    private static final int SESSIONS_OF_ONE = 500;
    private static final int SESSIONS_OF_EACH = 1_000;
    private static final long STEP_NANOS = 1_000_000;
    private static final List<Limit> LIMITS = List.of(
            Limit.requests(1_000_000, Duration.ofSeconds(1)), Limit.tokens(1_000_000_000, Duration.ofSeconds(1)));

    private final ManualTimeline timeline = new ManualTimeline();
    private final Queue<AttemptSink> calls = new ArrayDeque<>();
    private final Engine engine;
    private final int tenants;
    private int asked;

    private BusyEngine(int accounts, int tenants, EngineSettings settings) {
        this.tenants = tenants;
        this.engine = new Engine(timeline, topology(accounts), settings, List.of());
    }

    /** Returns one that has nothing to do. */
    static BusyEngine idle(int accounts) {
        return new BusyEngine(accounts, 1, settings(1));
    }

    BusyEngine(int waiting, int accounts, int tenants) {
        this(accounts, tenants, settings(waiting + 1));
        for (int index = 0; index < waiting + accounts * CONCURRENCY; index++) {
            ask(prompt());
        }
        settle();
        if (engine.status().waiting() != waiting || calls.size() != accounts * CONCURRENCY) {
            throw new IllegalStateException("not as busy as it should be: " + engine.status());
        }
    }

    private static EngineSettings settings(int lineSize) {
        return new EngineSettings(lineSize, CONCURRENCY, Duration.ofSeconds(1));
    }

    private Topology topology(int accounts) {
        List<Topology.OpenAccount> open = new ArrayList<>();
        List<TargetSettings> targets = new ArrayList<>();
        for (int number = 0; number < accounts; number++) {
            String id = "account-" + number;
            open.add(new Topology.OpenAccount(account(id), new HoldingClient()));
            targets.add(new TargetSettings(id, "model"));
        }
        RouteSettings route = RouteSettings.of("default", List.of(new RouteSettings.Tier(targets)));
        return new Topology(
                open,
                Map.of(
                        "default",
                        new Topology.OpenRoute(
                                route, List.of(new RoundRobin().open(Settings.none("route"), timeline.random())))),
                "default",
                List.of(),
                List.of());
    }

    private static AccountSettings account(String id) {
        AccountSettings.Builder builder = AccountSettings.builder(id, "holding");
        LIMITS.forEach(builder::limit);
        return builder.build();
    }

    /** Returns a prompt that nobody has asked before. */
    Prompt prompt() {
        int number = asked++;
        return Prompt.builder()
                .user("question " + number)
                .tenant("tenant " + number % tenants)
                .session("session " + number / tenants % (tenants == 1 ? SESSIONS_OF_ONE : SESSIONS_OF_EACH))
                .build();
    }

    CompletableFuture<Completion> ask(Prompt prompt) {
        return engine.complete(prompt);
    }

    /** Does what was left to be done, and lets a millisecond pass. */
    void settle() {
        timeline.runTasks();
        timeline.advance(STEP_NANOS);
    }

    /** Returns the call that has been under way longest, its answer all there but for the end. */
    AttemptSink oldestCall() {
        AttemptSink call = calls.remove();
        call.delta(new Delta.Text("An answer of some forty characters or so."));
        return call;
    }

    /** Ends all calls under way. */
    void endAll() {
        while (!calls.isEmpty()) {
            end(oldestCall());
        }
    }

    /** Ends a call: one decision, at the end of which the next prompt in line has its lease. */
    static void end(AttemptSink call) {
        call.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(20, 10)), "model"));
    }

    /** Keeps calls under way until they are ended by hand. */
    private final class HoldingClient implements ProviderClient {

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(20, 100);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            sink.sent();
            sink.firstByte();
            calls.add(sink);
            return () -> {};
        }

        @Override
        public void close() {}
    }
}
