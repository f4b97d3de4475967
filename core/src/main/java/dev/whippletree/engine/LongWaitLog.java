package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.run.Announcements;
import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once, until the line is empty again, that a flight has waited for a minute. Guarded by the engine's lock. */
final class LongWaitLog {

    private static final Logger LOG = LoggerFactory.getLogger(LongWaitLog.class);
    private static final long LONG_NANOS = Duration.ofMinutes(1).toNanos();

    private final WaitingLine line;
    private final Announcements announcements;
    private boolean logged;

    LongWaitLog(WaitingLine line, Announcements announcements) {
        this.line = line;
        this.announcements = announcements;
    }

    /** Looks at a waiting flight. Returns how long until it has to be looked at again, {@link Waits#UNTIL_EVENT} if it needn't. */
    long lookAt(Flight flight, long now) {
        if (logged) {
            return Waits.UNTIL_EVENT;
        }
        long waited = flight.waitedNanos(now);
        if (waited < LONG_NANOS) {
            return LONG_NANOS - waited;
        }
        logged = true;
        int waiting = line.size();
        String route = flight.route().name();
        announcements.add(() ->
                LOG.info("Route {}: {} prompts are waiting for room, the oldest for over a minute", route, waiting));
        return Waits.UNTIL_EVENT;
    }

    /** The line may have become empty: the next long wait is worth logging again. */
    void lineShrank() {
        logged &= line.size() > 0;
    }
}
