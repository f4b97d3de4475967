package dev.whippletree.engine;

import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.run.Announcements;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.time.Timeline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins passes through the waiting line, and has one timer for the earliest known time at which the next pass may find room. Guarded
 * by the engine's lock.
 *
 * <p>A pass follows each event: a flight enters, an attempt ends, a limit is reported, the timer rings. It stops only when no flight
 * fits any target, so no ready target idles.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long LONG_WAIT_NANOS = 60_000_000_000L;

    private final WaitingLine line;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final Announcements announcements;
    private final Choice choice = new Choice();

    private Timeline.@Nullable Timer timer;
    private long wakeAt;
    private boolean longWaitLogged;

    /**
     * Creates one for an empty line.
     *
     * @param wakeUp makes a pass, taking the lock
     */
    Dispatcher(WaitingLine line, Timeline timeline, Runnable wakeUp, Announcements announcements) {
        this.line = line;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.announcements = announcements;
    }

    /**
     * Begins a pass.
     *
     * @param change what has happened since the last one
     */
    DispatchPass begin(Change change, long now) {
        return new DispatchPass(line, choice, change, now);
    }

    /** A pass has come to its end. */
    void ended(DispatchPass pass, long now) {
        wakeUpIn(Math.min(pass.waitNanos(), untilLongWait(pass.longestStuck(), now)), now);
    }

    private void wakeUpIn(long wait, long now) {
        if (!Waits.isKnown(wait)) {
            return;
        }
        long at = now + wait;
        if (timer != null && wakeAt > now && wakeAt <= at) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        wakeAt = at;
        timer = timeline.schedule(wait, wakeUp);
    }

    /** Says once, until the line is empty again, that somebody has been waiting for a minute. */
    private long untilLongWait(@Nullable Flight longest, long now) {
        if (longWaitLogged || longest == null) {
            return Waits.UNTIL_EVENT;
        }
        long waited = now - longest.waitingSince();
        if (waited < LONG_WAIT_NANOS) {
            return LONG_WAIT_NANOS - waited;
        }
        longWaitLogged = true;
        int waiting = line.size();
        String route = longest.route().name();
        announcements.add(() -> LOG.info(
                "Route {}: {} prompts are waiting for room, the first of them for over a minute", route, waiting));
        return Waits.UNTIL_EVENT;
    }

    /** The line may have become empty: the next long wait is worth saying again. */
    void lineShrank() {
        longWaitLogged &= line.size() > 0;
    }

    long pickerFaults() {
        return choice.faults();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
