package dev.whippletree.stress.interviews;

import java.util.function.LongSupplier;

/**
 * A bound on upstream calls: a prompt is asked only if all the calls it may cause still fit, in addition to the calls made and those
 * that prompts in progress may still cause. Thread-safe.
 */
public final class CallCap {

    private final long most;
    private final int callsPerPrompt;
    private final LongSupplier callsMade;
    private int underWay;

    /**
     * Creates a cap.
     *
     * @param most the most calls there may be, 1 or more
     * @param callsPerPrompt the most calls one prompt may cause, retries included, 1 or more
     * @param callsMade how many calls have been made since the start; asked under the cap's lock, so it must not block
     */
    public CallCap(long most, int callsPerPrompt, LongSupplier callsMade) {
        if (most < 1 || callsPerPrompt < 1) {
            throw new IllegalArgumentException("a cap allows 1 or more calls, and a prompt causes 1 or more");
        }
        this.most = most;
        this.callsPerPrompt = callsPerPrompt;
        this.callsMade = callsMade;
    }

    /** Returns the most calls there may be. */
    public long most() {
        return most;
    }

    /** Returns whether a prompt may be asked now; if so, {@link #leave} must follow once it has ended. */
    synchronized boolean tryEnter() {
        if (callsMade.getAsLong() + (underWay + 1L) * callsPerPrompt > most) {
            return false;
        }
        underWay++;
        return true;
    }

    /** A prompt has ended. */
    synchronized void leave() {
        underWay--;
    }

    /** Returns whether nothing is under way: what may not be asked now may never be. */
    synchronized boolean idle() {
        return underWay == 0;
    }
}
