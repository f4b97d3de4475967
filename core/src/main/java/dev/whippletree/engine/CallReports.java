package dev.whippletree.engine;

import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.Timeline;
import java.time.Duration;

/** Tells listeners about calls that have ended. Guarded by the engine's lock; the listeners are told after its release. */
final class CallReports {

    private final Listeners listeners;
    private final Monitor monitor;
    private final Timeline timeline;

    CallReports(Listeners listeners, Monitor monitor, Timeline timeline) {
        this.listeners = listeners;
        this.monitor = monitor;
        this.timeline = timeline;
    }

    /** Reports an attempt that was sent. */
    void ended(Attempt attempt, ServiceCall.End end, long now) {
        monitor.assertHeld();
        if (listeners.isEmpty()) {
            return;
        }
        Flight flight = attempt.flight();
        Account account = attempt.target().account();
        Duration took = Duration.ofNanos(attempt.times().tookNanos(now));
        ServiceCall call = new ServiceCall(
                account.id(),
                account.settings().provider(),
                attempt.target().model(),
                flight.prompt(),
                attempt.streaming(),
                timeline.now().minus(took),
                took,
                attempt.times().firstPiece(),
                end);
        monitor.after(flight.mailbox(), () -> flight.hearer().accept(call));
    }
}
