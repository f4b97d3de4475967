package dev.whippletree.engine.scope;

/**
 * How much smaller a declared limit is than declared, as refusals show. Guarded by the engine's lock.
 *
 * <p>If a call is refused until about the end of the declared window, the calls admitted within that window used all that there is. So
 * the limit is taken to be as large as that, and the next window is used from its start, as if the right amount had been declared. What
 * was admitted before the limit became smaller makes the amount too large at first; then the next refusal corrects it.
 *
 * <p>An amount that is used up without a refusal for some hundred calls grows by one call, then by two, four and so on, and a refusal of
 * those takes back what no window has admitted. If calls are refused otherwise, others use the limit too, or it is a bucket.
 */
final class Shortfall {

    /** One amount may include what was admitted before the limit became smaller. */
    private static final int MOST_CORRECTIONS = 2;

    /** Growth may cost one refusal in so many calls. */
    private static final long CALLS_TO_GROWTH = 200;

    private static final long NEVER = Long.MAX_VALUE;

    private int corrections;

    /** How much of the limit may be used. Meaningless without a correction, like all that follows. */
    private long amount;

    /** The most that was used without a refusal. */
    private long admitted;

    /** The most that was used since the last refusal, and when the call began that used the last of it. */
    private long most;

    private long mostAt;

    /** When the first call began that used more than was admitted. */
    private long beyondAt;

    private long refusedAt;

    /** Whether the last refusal was a correction, not one of growth. */
    private boolean corrected;

    private long callsSinceGrowth;

    /** By how many calls it grew last; 0 if it hasn't grown since the last refusal. */
    private long added;

    /** How many more calls the growth that was refused can have cost. */
    private long callsAtRisk;

    /** Returns whether the limit seems smaller than declared. */
    boolean isKnown() {
        return corrections > 0;
    }

    /** Returns how much of the declared amount doesn't exist, 0 or more. */
    long of(long declared) {
        return isKnown() ? Math.max(0, declared - amount) : 0;
    }

    /**
     * A call that the limit had room for was refused.
     *
     * @param begun when it began
     * @param asked what it asked for
     * @param used what is used of the declared window, with what it asked for
     * @param usedUp whether it was refused for as long as a used-up window refuses calls
     * @return whether that is because the limit is smaller
     */
    boolean refused(long begun, long asked, long used, boolean usedUp, long now) {
        if (isKnown() && begun < refusedAt) {
            return refusedToo(asked);
        }
        corrected = !isKnown() || begun < beyondAt;
        if (corrected && (!usedUp || corrections == MOST_CORRECTIONS)) {
            reset();
            return false;
        }
        corrections += corrected ? 1 : 0;
        refusedAt = now;
        callsSinceGrowth = 0;
        callsAtRisk = added;
        added = 0;
        allow(corrected ? used - asked : admitted);
        return true;
    }

    /** The call began before the last refusal, and was taken for admitted. Growth costs no more calls than it added, or one of another size. */
    private boolean refusedToo(long asked) {
        callsAtRisk--;
        if (corrected) {
            allow(amount - asked);
        } else if (callsAtRisk < 0) {
            reset();
        }
        return isKnown();
    }

    private void allow(long newAmount) {
        amount = Math.max(1, newAmount);
        admitted = amount;
        most = amount;
        beyondAt = NEVER;
    }

    /** A call began; with it, so much of the declared window is used. */
    void begun(long used, long now) {
        if (isKnown() && used > most) {
            beyondAt = Math.min(beyondAt, now);
            most = used;
            mostAt = now;
        }
    }

    /**
     * A call was admitted.
     *
     * @param begun when it began
     * @param asked what it asked for
     * @param declared the declared amount
     */
    void letIn(long begun, long asked, long declared) {
        if (!isKnown()) {
            return;
        }
        if (beyondAt != NEVER && begun >= mostAt) {
            admitted = Math.min(amount, most);
            beyondAt = NEVER;
        }
        callsSinceGrowth++;
        if (callsSinceGrowth > CALLS_TO_GROWTH && admitted + asked > amount) {
            callsSinceGrowth = 0;
            added = Math.max(1, added * 2);
            amount += added * asked;
        }
        if (amount >= declared) {
            reset();
        }
    }

    /** Believes the declaration. */
    void reset() {
        corrections = 0;
    }
}
