package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.emulator.simulation.SimulatedPoolBuilder;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Asks the engine when there would be room for a prompt at the end of a line, and when such a prompt then begins.
 * Confined to one thread; used once.
 *
 * <p>What the engine thinks is what it tells a prompt that can't wait: {@link PromptException#roomAt()}.
 */
final class RefusalTimes {

    private static final Duration NO_TIME = Duration.ofMillis(1);
    private static final long AT_ONCE_NANOS = 20_000_000;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final Workload workload;
    private final SimulatedPool pool;
    private final Dice dice;
    private int asked;
    private OptionalLong lastBegan = OptionalLong.empty();
    private int last = Integer.MAX_VALUE;

    /** When the question is put. */
    enum When {
        /** Once the first answers are known to those who wait: after the time of three. */
        COLD,
        /** After two windows. */
        WARM
    }

    /**
     * What the engine thought and what came true.
     *
     * @param thoughtNanos how long the wait would be
     * @param trueNanos how long it was
     */
    record Found(long thoughtNanos, long trueNanos) {

        /** Returns whether there was nothing to wait for, as far as times are looked for. */
        boolean isAtOnce() {
            return Math.max(thoughtNanos, trueNanos) < AT_ONCE_NANOS;
        }

        /** Returns by what share of the true wait the engine was wrong; negative: it thought of a shorter one. */
        double error() {
            return (double) (thoughtNanos - trueNanos) / Math.max(1, trueNanos);
        }
    }

    RefusalTimes(Cell cell) {
        this.workload = new Workload(cell);
        this.dice = new Dice(cell.toString().hashCode() * 31L);
        SimulatedPoolBuilder builder = SimulatedPool.builder(cell.seed())
                .engine(EngineSettings.DEFAULT.withMaxConcurrency(cell.width()))
                .service(cell.knowledge().kind(), service -> service.answerLength(workload.answers()))
                .clients((account, client) ->
                        new Watched(new TimedClient(client, workload, this::timeline, new Unwatched())));
        for (int number = 1; number <= cell.accounts(); number++) {
            SimulatedAccount account =
                    SimulatedAccount.of("account-" + number, cell.knowledge().kind(), workload.serviceLimits());
            builder.account(cell.knowledge().declared() ? account : account.undeclared());
        }
        this.pool = builder.build();
    }

    private Timeline timeline() {
        return pool.timeline();
    }

    /**
     * Runs it.
     *
     * @param windows how many windows' calls are ahead
     */
    Found run(When when, double windows) {
        Cell cell = workload.cell();
        pool.timeline().advance(workload.start());
        long window = cell.window().toNanos();
        long latency = cell.delay().mean().toNanos();
        int line = (int) Math.ceil(windows * workload.callsPerWindow());
        if (when == When.WARM) {
            for (int caller = 0; caller < cell.width(); caller++) {
                askAgain();
            }
            pool.timeline().advance(Duration.ofNanos(Math.max(2 * window, 10 * latency) + dice.nextLong(window)));
        }
        for (int i = 0; i < line; i++) {
            ask();
        }
        if (when == When.COLD) {
            pool.timeline().advance(Duration.ofNanos(latency * 3));
        }
        long now = timeline().nanoTime();
        long thought = thought();
        last = asked;
        ask();
        while (lastBegan.isEmpty()) {
            pool.timeline().runNext();
        }
        return new Found(thought, lastBegan.orElseThrow() - now);
    }

    private long thought() {
        Instant before = timeline().now();
        CompletableFuture<?> answer = pool.complete(prompt().deadline(NO_TIME).build());
        pool.timeline().advance(Duration.ofNanos(1));
        try {
            answer.getNow(null);
            return 0;
        } catch (CompletionException failure) {
            return failure.getCause() instanceof PromptException refusal
                    ? refusal.roomAt()
                            .map(at -> Duration.between(before, at).toNanos())
                            .orElse(0L)
                    : 0;
        }
    }

    private Prompt.Builder prompt() {
        Prompt prompt = Workload.prompt(workload.call(asked++));
        return Prompt.builder()
                .user(prompt.messages().get(0).text())
                .maxTokens(prompt.parameters().maxTokens().getAsInt());
    }

    private CompletableFuture<?> ask() {
        return pool.complete(prompt().build());
    }

    private void askAgain() {
        ask().whenComplete((completion, failure) ->
                pool.timeline().schedule(failure == null ? 0 : PAUSE_AFTER_FAILURE.toNanos(), this::askAgain));
    }

    /** What the service admits doesn't matter here. */
    private static final class Unwatched implements TimedClient.Record {
        @Override
        public void admitted(Workload.Call call, long nowNanos) {}

        @Override
        public void refused(Workload.Call call, long nowNanos, boolean untold) {}
    }

    /** Notes when the last prompt's call begins. */
    private final class Watched implements ProviderClient {
        private final ProviderClient client;

        Watched(ProviderClient client) {
            this.client = client;
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return client.admission(prompt, model);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            if (lastBegan.isEmpty()
                    && Workload.Call.numberOf(prompt.messages().get(0).text()) == last) {
                lastBegan = OptionalLong.of(timeline().nanoTime());
            }
            return client.send(prompt, model, sink);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
