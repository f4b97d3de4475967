package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.matrix.Workload.Call;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.emulator.simulation.SimulatedPoolBuilder;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One cell, scheduled by the production engine. Confined to one thread; used once. */
final class CellRun {

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final Workload workload;
    private final Span span;
    private final SimulatedPool pool;
    private final Used used;
    private final List<Refused> avoidable = new ArrayList<>();
    private int asked;
    private long calls;
    private long refused;
    private long lost;

    /** A call that the service refused, and when after the start. */
    record Refused(int call, Duration after) {}

    /**
     * What came of a run.
     *
     * @param used what the service admitted within the span
     * @param calls what arrived within the span
     * @param refused of these, what was answered 429
     * @param avoidable every 429 of the whole run that knowledge could have avoided
     * @param lost prompts of the whole run that ended without an answer
     */
    record Outcome(Used used, long calls, long refused, List<Refused> avoidable, long lost) {}

    /**
     * Prepares a run.
     *
     * @param allowed how many times the amount of its limits the service allows; where it is more than 1, the engine
     *     wastes the rest
     */
    CellRun(Workload workload, double allowed) {
        this.workload = workload;
        this.span = workload.span();
        this.used = workload.unused();
        this.pool = pool();
        ServiceKind kind = workload.cell().knowledge().kind();
        if (allowed != 1) {
            pool.service(kind).changeLimits(allowed, 0);
        }
    }

    private SimulatedPool pool() {
        Cell cell = workload.cell();
        SimulatedPoolBuilder builder = SimulatedPool.builder(cell.seed())
                .engine(EngineSettings.DEFAULT.withMaxConcurrency(cell.width()))
                .service(cell.knowledge().kind(), service -> service.answerLength(workload.answers()))
                .clients((account, client) -> new TimedClient(client, workload, this::timeline, new Watch()));
        for (int number = 1; number <= cell.accounts(); number++) {
            builder.account(account("account-" + number));
        }
        return builder.build();
    }

    private Timeline timeline() {
        return pool.timeline();
    }

    private SimulatedAccount account(String id) {
        Cell.Knowledge knowledge = workload.cell().knowledge();
        SimulatedAccount account = SimulatedAccount.of(id, knowledge.kind(), workload.serviceLimits());
        return knowledge.declared() ? account : account.undeclared();
    }

    Outcome run() {
        pool.timeline().advance(workload.start());
        for (int caller = 0; caller < workload.cell().width(); caller++) {
            ask();
        }
        pool.timeline()
                .advance(Duration.ofNanos(span.toNanos() - workload.start().toNanos()));
        return new Outcome(used, calls, refused, List.copyOf(avoidable), lost);
    }

    private void ask() {
        pool.complete(Workload.prompt(workload.call(asked++))).whenComplete((completion, failure) -> {
            lost += failure == null ? 0 : 1;
            pool.timeline().schedule(failure == null ? 0 : PAUSE_AFTER_FAILURE.toNanos(), this::ask);
        });
    }

    /** Writes down what the service does. */
    private final class Watch implements TimedClient.Record {

        @Override
        public void admitted(Call call, long nowNanos) {
            used.add(nowNanos, call.tokens());
            calls += span.holds(nowNanos) ? 1 : 0;
        }

        /**
         * Of an account whose limits are only reported nothing is known before its first report, so what is sent until
         * then may be refused without anybody's fault.
         */
        @Override
        public void refused(Call call, long nowNanos, boolean untold) {
            calls += span.holds(nowNanos) ? 1 : 0;
            refused += span.holds(nowNanos) ? 1 : 0;
            Cell.Knowledge knowledge = workload.cell().knowledge();
            if (knowledge.declared() || knowledge.reported() && !untold) {
                avoidable.add(new Refused(
                        call.number(),
                        Duration.ofNanos(nowNanos - workload.start().toNanos())));
            }
        }
    }
}
