package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes flights out of the waiting line as soon as a target can take them. Guarded by the engine's lock.
 *
 * <p>It acts on events: a flight enters, an attempt ends, a limit is reported, or the earliest known time at which there will be
 * room has come, for which there is one timer. Then it goes through the line once, a {@link Round}, and stops only when no flight
 * fits any target, so no ready target idles.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long LONG_WAIT_NANOS = 60_000_000_000L;

    private final WaitingLine line;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final Actions actions;
    private final Choice choice = new Choice();

    private Timeline.@Nullable Timer timer;
    private long wakeAt;
    private boolean longWaitLogged;

    /** What is done with flights that leave the line. */
    interface Actions {

        /** A target takes a flight. */
        void begin(Flight flight, Target target, long now);

        /** Every target a flight might use is closed for a time nobody knows. */
        void giveUp(Flight flight, long now);

        /** There will be room, but only when it is too late. */
        void refuse(Flight flight, long waitNanos);

        /** Leaves something to be done once the lock is free. */
        void later(Runnable task);
    }

    /**
     * Creates one for an empty line.
     *
     * @param wakeUp calls {@link #dispatch} under the lock
     */
    Dispatcher(WaitingLine line, Timeline timeline, Runnable wakeUp, Actions actions) {
        this.line = line;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.actions = actions;
    }

    /**
     * Begins all that can begin.
     *
     * @param change what has happened since the last time
     */
    void dispatch(Change change, long now) {
        Round round = new Round(line, actions, choice, change, now);
        long wait = Waits.UNTIL_EVENT;
        Flight stuck = null;
        for (Flight first = line.next(stuck); first != null; first = line.next(stuck)) {
            long ofLane = round.advance(first);
            if (ofLane != Waits.NONE) {
                stuck = first;
                wait = Math.min(wait, Math.min(ofLane, untilLongWait(first, now - first.waitingSince())));
            }
        }
        wakeUpIn(wait, now);
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
    private long untilLongWait(Flight first, long waited) {
        if (longWaitLogged) {
            return Waits.UNTIL_EVENT;
        }
        if (waited < LONG_WAIT_NANOS) {
            return LONG_WAIT_NANOS - waited;
        }
        longWaitLogged = true;
        int waiting = line.size();
        String route = first.route().name();
        actions.later(() -> LOG.info(
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
