package dev.whippletree.engine.scope;

import java.time.Duration;

/**
 * How far the waits that a service tells are believed. Guarded by the engine's lock.
 *
 * <p>A wait that is right becomes shorter by as much as time goes by; one that is told ten times too long becomes shorter ten times as
 * fast. So one call asks again when a sixteenth of a long wait is over, and what it is told shows by what the rest has to be divided.
 * A scope with several limits may tell of another one meanwhile, which looks the same once: so that has to be seen twice in a row. Where a
 * wait was right to the second, waits are believed for the next sixteen times.
 */
final class ToldWaits {

    /** There is nothing to be gained by asking sooner. */
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    /** Waits are told in whole seconds; over shorter times than that they say nothing of how fast they shrink. */
    private static final long SHORTEST_TRIAL_NANOS = Duration.ofSeconds(2).toNanos();

    /** Two moments told in whole seconds differ by less than one, and refusals don't all take equally long. */
    private static final long ROUNDING_NANOS = Duration.ofMillis(1_500).toNanos();

    private static final int TRIAL_SHARE = 16;
    private static final int WAITS_WHEN_RIGHT = 16;
    private static final double MOST_EXAGGERATED = 64;

    /** Two measures agree if neither is more than this many times the other: seconds are rounded. */
    private static final double AGREEMENT = 1.5;

    /** What was told last, and when. */
    private long told;

    private long toldAt;

    /** By how much what is told is divided, at least 1. */
    private double exaggeration = 1;

    /** How many times as fast as time the wait shrank when that was measured last; 1 if no faster. */
    private double lastSpeed = 1;

    private boolean trying;

    /** After so many waits one is tried out again. */
    private int waitsToTrial;

    private int lastTrialAfter;

    /** A wait is told where calls were let in before. */
    void begin(long nanos) {
        lastSpeed = exaggeration;
        if (nanos / exaggeration >= LONG_NANOS) {
            trying = waitsToTrial == 0;
            waitsToTrial = Math.max(0, waitsToTrial - 1);
        }
    }

    /**
     * A wait is told again to a call that began when the last was taken to be over, or tried out. Returns whether that was a trial, and
     * the wait has become shorter since: then it wasn't told too short.
     */
    boolean hasShrunk(long nanos, long now) {
        long passed = now - toldAt;
        if (passed < SHORTEST_TRIAL_NANOS) {
            return false;
        }
        boolean faster = told - nanos > passed + ROUNDING_NANOS;
        double speed = faster ? Math.min(MOST_EXAGGERATED, (double) (told - nanos) / passed) : 1;
        boolean again = lastSpeed > 1 && speed < lastSpeed * AGREEMENT && lastSpeed < speed * AGREEMENT;
        boolean certain = speed == 1 || again;
        exaggeration = certain ? speed : 1;
        lastSpeed = speed;
        boolean right = Math.abs(told - nanos - passed) <= ROUNDING_NANOS;
        boolean tried = trying;
        if (tried && certain) {
            endTrial(right ? WAITS_WHEN_RIGHT : 1);
        }
        return tried && (right || faster);
    }

    /** Ends a trial that was in vain; returns when the wait is over by what was told. */
    long giveUp() {
        endTrial(1);
        return toldAt + told;
    }

    private void endTrial(int leastToNext) {
        trying = false;
        lastTrialAfter = Math.max(leastToNext, lastTrialAfter * 2);
        waitsToTrial = lastTrialAfter;
    }

    /** Returns how much of a wait that was told just now is believed. */
    long believed(long nanos, long now) {
        told = nanos;
        toldAt = now;
        long believed = (long) (nanos / exaggeration);
        return trying
                ? Math.max(SHORTEST_TRIAL_NANOS, Math.max(believed / TRIAL_SHARE, (long) (nanos / MOST_EXAGGERATED)))
                : believed;
    }

    /** Returns whether a call is to ask before a wait is over. */
    boolean isTrying() {
        return trying;
    }

    /** A call was let in that began when the wait was taken to be over. */
    void letIn(long begun) {
        if (trying) {
            trying = false;
            double least = (double) (told - ROUNDING_NANOS) / Math.max(1, begun - toldAt);
            exaggeration = Math.max(exaggeration, Math.min(MOST_EXAGGERATED, least));
            waitsToTrial = 0;
            lastTrialAfter = 0;
        }
    }
}
