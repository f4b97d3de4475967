package dev.whippletree.engine;

import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.Timeline;
import java.time.Duration;

/** Tells the audience of calls that have ended. Guarded by the engine's lock, and told once that is free. */
final class CallReports {

    private final Audience audience;
    private final Monitor monitor;
    private final Timeline timeline;

    CallReports(Audience audience, Monitor monitor, Timeline timeline) {
        this.audience = audience;
        this.monitor = monitor;
        this.timeline = timeline;
    }

    /** Reports an attempt that was sent. */
    void ended(Attempt attempt, ServiceCall.End end, long now) {
        if (audience.isEmpty()) {
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
