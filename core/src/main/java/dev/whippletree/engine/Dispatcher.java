package dev.whippletree.engine;

import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.run.Announcements;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.time.Timeline;
import org.jspecify.annotations.Nullable;

/**
 * Begins passes through the waiting line, and has one timer for the earliest known time at which the next pass may find room. Guarded
 * by the engine's lock.
 *
 * <p>A pass follows each event: a flight enters, an attempt ends, a limit is reported, the timer rings. It stops only when no flight
 * fits any target, so no ready target idles.
 */
final class Dispatcher {

    private final WaitingLine line;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final LongWaitLog longWaits;
    private final Choice choice = new Choice();

    private Timeline.@Nullable Timer timer;
    private long wakeAt;

    /**
     * Creates one for an empty line.
     *
     * @param wakeUp makes a pass, taking the lock
     */
    Dispatcher(WaitingLine line, Timeline timeline, Runnable wakeUp, Announcements announcements) {
        this.line = line;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.longWaits = new LongWaitLog(line, announcements);
    }

    /**
     * Begins a pass.
     *
     * @param change what has happened since the last one
     */
    DispatchPass begin(Change change, long now) {
        return new DispatchPass(line, choice, longWaits, change, now);
    }

    /** A pass has come to its end. */
    void ended(DispatchPass pass, long now) {
        wakeUpIn(pass.waitNanos(), now);
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

    /** The line may have become empty: the next long wait is worth saying again. */
    void lineShrank() {
        longWaits.lineShrank();
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
