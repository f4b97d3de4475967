package dev.whippletree.engine;

import dev.whippletree.engine.flight.FailurePolicy.NextStep;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.time.Timeline;
import java.util.List;

/** Does what a flight's next step says: ends it, or has it tried again after a pause. Guarded by the engine's lock. */
final class RetryScheduler {

    private final Monitor monitor;
    private final Timeline timeline;
    private final Flights flights;
    private final AdmissionControl admission;
    private final Dispatcher dispatcher;

    RetryScheduler(
            Monitor monitor, Timeline timeline, Flights flights, AdmissionControl admission, Dispatcher dispatcher) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.flights = flights;
        this.admission = admission;
        this.dispatcher = dispatcher;
    }

    /** Follows a step after an attempt. */
    void follow(Flight flight, NextStep step, long now) {
        if (step instanceof NextStep.TryAgain || step instanceof NextStep.GoBack) {
            flight.stage(Flight.Stage.PAUSING);
            flights.leaveBeforeNextCall(flight);
        }
        if (flight.stage() == Flight.Stage.ENDED) {
            return;
        }
        if (step instanceof NextStep.Land land) {
            flights.land(flight, land.completion(), now);
        } else if (step instanceof NextStep.Fail fail) {
            flights.fail(flight, PromptErrors.failed(flight, fail.reason()));
        } else if (step instanceof NextStep.TryAgain again) {
            tryAgain(flight, again, now);
        } else if (step instanceof NextStep.GoBack) {
            goBack(flight);
        }
    }

    private void goBack(Flight flight) {
        flight.sentBack();
        admission.putBack(List.of(flight));
    }

    private void tryAgain(Flight flight, NextStep.TryAgain again, long now) {
        flights.awaitAgain(flight, now);
        if (again.pauseNanos() > 0) {
            resumeIn(again.pauseNanos(), flight, again.counted());
        } else {
            resume(flight, again.counted(), now);
        }
    }

    private void resumeIn(long pauseNanos, Flight flight, boolean counted) {
        timeline.schedule(
                pauseNanos,
                () -> monitor.decide(() -> {
                    resume(flight, counted, timeline.nanoTime());
                    dispatcher.dispatch(Change.OF_THE_LINE);
                }));
    }

    private void resume(Flight flight, boolean counted, long now) {
        if (flight.stage() != Flight.Stage.PAUSING) {
            return;
        }
        if (counted) {
            flight.waitAnew();
        }
        long budgetNanos = counted ? flight.route().budget().takeOrWaitNanos(now) : 0;
        if (budgetNanos > 0) {
            resumeIn(budgetNanos, flight, true);
            return;
        }
        if (counted) {
            flight.ticket().keepCharge(); // The call was made, so its turn is over.
        }
        admission.putBack(List.of(flight));
    }
}
