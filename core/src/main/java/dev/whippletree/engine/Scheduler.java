package dev.whippletree.engine;

import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Attempt.AttemptOutcome;
import dev.whippletree.engine.flight.FailurePolicy;
import dev.whippletree.engine.flight.FailurePolicy.NextStep;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Priority;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.time.Timeline;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts the parts together that schedule flights, and follows what happens to them: it has an attempt's outcome recorded
 * and judged, moves its flight on, and lets others begin in the room it left. Guarded by the engine's lock, unless a
 * method says otherwise.
 */
final class Scheduler implements Attempt.AttemptListener {

    private final Monitor monitor;
    private final Timeline timeline;
    private final Pool pool;
    private final Optional<StateSaver> saver;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final Flights flights;
    private final Tally tally;
    private final ScopeClosures closures;
    private final OutcomeRecorder recorder;
    private final FailurePolicy policy;
    private final Dispatcher dispatcher;
    private final AdmissionControl admission;

    /**
     * Creates one in which nothing is under way.
     *
     * @param emptied runs whenever nothing is under way any more
     */
    Scheduler(
            Monitor monitor,
            Timeline timeline,
            Pool pool,
            CacheTiers caches,
            Optional<CoordinationClient> coordinator,
            Optional<SharedCalls> sharedCalls,
            Tally tally,
            Listeners listeners,
            EngineSettings settings,
            TenantWeights weights,
            Optional<StateSaver> saver,
            Runnable emptied) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.pool = pool;
        this.saver = saver;
        this.policy = new FailurePolicy(timeline.random());
        this.line = new WaitingLine(weights, settings.batchShare(), LaneTargets::openedBy);
        this.kept = new KeptTurns(line, tally);
        this.tally = tally;
        TokenForecast forecast = pool.forecast();
        WaitEstimator estimator = new WaitEstimator(line, timeline);
        this.flights = new Flights(monitor, timeline, caches, tally, listeners, estimator, this::abandoned, emptied);
        this.closures = new ScopeClosures(pool, listeners, coordinator, monitor);
        Runnable wakeUp = () -> monitor.decide(() -> dispatch(DispatchTrigger.ANYTHING));
        Optional<Gate> gate = coordinator.map(others -> new Gate(
                others, sharedCalls.orElseThrow(), monitor, timeline, wakeUp, this::sendOnceSaved, line::turnOf));
        Consumer<Attempt> sending =
                gate.<Consumer<Attempt>>map(others -> others::pass).orElse(this::sendOnceSaved);
        this.recorder = new OutcomeRecorder(closures, gate, tally, forecast, listeners, monitor, timeline);
        this.dispatcher =
                new Dispatcher(monitor, timeline, line, kept, forecast, flights, closures, sending, saver, this);
        this.admission = new AdmissionControl(
                monitor, timeline, settings, line, kept, forecast, estimator, flights, tally, closures, dispatcher);
    }

    Flights flights() {
        return flights;
    }

    AdmissionControl admission() {
        return admission;
    }

    int waiting() {
        monitor.assertHeld();
        return line.size();
    }

    /** Returns the tenants' figures; none if there has been only one. */
    List<StatusSnapshot.Tenant> tenants(long now) {
        monitor.assertHeld();
        return tally.tenants().status(flights.underWay(), line, now);
    }

    long pickerFaults() {
        return dispatcher.pickerFaults();
    }

    void dispatch(DispatchTrigger trigger) {
        monitor.assertHeld();
        dispatcher.dispatch(trigger);
    }

    /** Moves a flight forward, because an interactive caller has joined it. */
    void hurry(Flight flight) {
        monitor.assertHeld();
        if (flight.stage() == Flight.Stage.WAITING) {
            line.hurry(flight.ticket());
        } else {
            flight.ticket().hurry();
        }
    }

    /** Adapts everything under way to the changed pool, some of whose accounts have a new token. */
    void poolChanged(Collection<String> retokened, TenantWeights weights, long now) {
        monitor.assertHeld();
        line.weigh(weights);
        pool.accounts().stream()
                .filter(account -> retokened.contains(account.id()))
                .forEach(account -> {
                    account.changeToken();
                    closures.tokenChanged(account, now);
                });
        admission.putBack(ReloadMigration.reroute(flights.underWay(), pool, line));
        dispatcher.refreshAll();
        dispatcher.refresh();
        dispatcher.dispatch(DispatchTrigger.ANYTHING);
    }

    /**
     * Withdraws a flight whose last caller left; flights that it held back may begin. A waiting flight leaves its turn
     * behind.
     */
    private void abandoned(Flight flight) {
        monitor.assertHeld();
        boolean hasTurn = flight.stage() == Flight.Stage.WAITING || flight.stage() == Flight.Stage.PAUSING;
        if (hasTurn && flight.ticket().hasTurn()) {
            kept.keep(flight, timeline.nanoTime());
            dispatcher.dispatch(DispatchTrigger.OF_THE_LINE);
        } else {
            withdraw(flight);
        }
    }

    void withdraw(Flight flight) {
        monitor.assertHeld();
        line.remove(flight.ticket());
        Attempt attempt = flight.attempt();
        if (attempt != null && flight.stage() == Flight.Stage.ATTEMPTING) {
            attempt.cancel(timeline.nanoTime());
        }
    }

    @Override
    public void sent(Attempt attempt) {
        monitor.assertHeld();
        tally.tenants().started(attempt.flight().prompt().tenant(), timeline.nanoTime());
    }

    @Override
    public void reported(Attempt attempt, List<RateLimitReport> reports, long now) {
        monitor.assertHeld();
        recorder.reported(attempt, reports, now);
        changed(attempt.target());
    }

    @Override
    public void admitted(Attempt attempt, long now) {
        monitor.assertHeld();
        recorder.admitted(attempt, now);
        changed(attempt.target());
    }

    @Override
    public void differs(Attempt attempt) {
        monitor.assertHeld();
        flights.interrupt(attempt);
    }

    @Override
    public void ended(Attempt attempt, AttemptOutcome reported, long now) {
        monitor.assertHeld();
        Flight flight = attempt.flight();
        AttemptOutcome outcome = policy.judge(attempt, reported);
        if (outcome instanceof AttemptOutcome.AttemptFailed failed) {
            flight.broadcast().breakOff(flight.subscribers().positions());
            if (failed.failure().kind() == FailureKind.RATE_LIMITED) {
                flight.demand(flight.demand().atMost());
            }
        }
        recorder.ended(attempt, outcome, now);
        follow(flight, policy.next(attempt, outcome, now), now);
        changed(attempt.target());
    }

    private void follow(Flight flight, NextStep step, long now) {
        if (step instanceof NextStep.TryAgain || step instanceof NextStep.GoBack) {
            flight.stage(Flight.Stage.PAUSING);
            flights.leaveBeforeNextCall(flight);
        }
        if (step instanceof NextStep.TryAgain) {
            flights.awaitAgain(flight, now);
        }
        if (flight.stage() == Flight.Stage.ENDED) {
            return;
        }
        if (step instanceof NextStep.Land land) {
            flights.land(flight, land.completion(), now);
        } else if (step instanceof NextStep.Fail fail) {
            flights.fail(flight, PromptErrors.failed(flight, fail.reason(), now, timeline.now()));
        } else if (step instanceof NextStep.TryAgain again) {
            if (again.pauseNanos() > 0) {
                resumeIn(again.pauseNanos(), flight, again.counted());
            } else {
                resume(flight, again.counted(), now);
            }
        } else if (step instanceof NextStep.GoBack back) {
            flight.sentBack();
            if (back.elsewhere().isPresent()) {
                flight.stage(Flight.Stage.LOOKING_UP);
                monitor.after(flight.mailbox(), back.elsewhere().get());
            } else {
                admission.putBack(List.of(flight));
            }
        }
    }

    private void resumeIn(long pauseNanos, Flight flight, boolean counted) {
        timeline.schedule(
                pauseNanos,
                () -> monitor.decide(() -> {
                    resume(flight, counted, timeline.nanoTime());
                    dispatcher.dispatch(DispatchTrigger.OF_THE_LINE);
                }));
    }

    /** Puts a flight back to its turn after a pause, if any, once its route's retry budget allows it. */
    private void resume(Flight flight, boolean counted, long now) {
        if (flight.stage() != Flight.Stage.PAUSING) {
            return;
        }
        if (counted) {
            flight.waitAnew();
            long budgetNanos = flight.route().budget().takeOrWaitNanos(now);
            if (budgetNanos > 0) {
                resumeIn(budgetNanos, flight, true);
                return;
            }
            flight.ticket().keepCharge(); // Its call was made, so its turn is used up.
        }
        admission.putBack(List.of(flight));
    }

    /**
     * Sends an attempt once the state folder, if there is one, has saved its uses: no other process knows of them, and
     * a crash mustn't lose them.
     */
    private void sendOnceSaved(Attempt attempt) {
        Runnable send = () -> monitor.after(attempt.flight().mailbox(), attempt::send);
        saver.ifPresentOrElse(keeper -> keeper.whenSaved(attempt.target(), send), send);
    }

    /** Starts a pass, because a target or its organization has changed. */
    private void changed(Target target) {
        saver.ifPresent(StateSaver::changed);
        dispatcher.dispatch(dispatcher.refresh() ? DispatchTrigger.ANYTHING : DispatchTrigger.of(target));
    }

    void stop() {
        monitor.assertHeld();
        dispatcher.stop();
    }

    /** Returns the listener for notices of other processes. It takes the lock itself. */
    CoordinationListener notices() {
        return new CoordinationListener() {

            @Override
            public void closed(ScopeClosing closing) {
                monitor.decide(() -> {
                    closures.closedByOthers(closing, timeline.nanoTime());
                    dispatcher.dispatch(DispatchTrigger.ANYTHING);
                });
            }

            @Override
            public void reopened(Scope scope) {
                monitor.decide(() -> {
                    closures.reopenedByOthers(scope, timeline.nanoTime());
                    dispatcher.dispatch(DispatchTrigger.ANYTHING);
                });
            }

            @Override
            public void spread(String tenant, Priority priority, int processes) {
                monitor.decide(() -> line.spread(tenant, priority, processes));
            }
        };
    }
}
