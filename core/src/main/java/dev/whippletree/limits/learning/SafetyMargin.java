package dev.whippletree.limits.learning;

/**
 * How much of a limit is kept free because others use it too. Arithmetic only. Confined.
 *
 * <p>A report says what was left when it was made. What others have used since shows only in the next report, so the
 * last of what seems left may be theirs. Each refused call that found the limit used up shows how much was missing: the
 * margin grows by what it asked for, and shrinks by a hundredth of what each admitted call asked for. So it settles
 * where about one call in a hundred is refused, whatever the others' rate and however late reports are.
 *
 * <p>A margin prevents refusals only by what others use in the time of a call. If many calls are refused even beside
 * the largest one, something else refuses them.
 */
public final class SafetyMargin {

    /**
     * Calls for each refusal: one costs more than an unneeded margin, because it closes the limit for other calls too.
     */
    private static final double CALLS_PER_REFUSAL = 100;

    /** The largest margin as a share of the limit: what it costs at most. */
    private static final double LARGEST = 1.0 / 16;

    /** Refused more often than once in so many calls, beside the largest margin, something else refuses calls. */
    private static final double FEWEST_CALLS_PER_REFUSAL = 20;

    /**
     * So many more refusals than that show it: more than there are when a limit is used up while many calls are under
     * way.
     */
    private static final double EXCESS_REFUSALS = 100;

    private double amount;
    /** Refusals beside the largest margin, less what is usual. */
    private double inVain;

    /** A call was refused that asked for an amount, 0 or more, because the limit was used up. */
    public void refused(long asked, long limit) {
        double most = Math.max((double) asked, limit * LARGEST);
        inVain += amount >= most ? 1 : 0;
        amount = Math.min(most, amount + asked);
    }

    public void admitted(long asked) {
        amount = Math.max(0, amount - asked / CALLS_PER_REFUSAL);
        inVain = Math.max(0, inVain - 1 / FEWEST_CALLS_PER_REFUSAL);
    }

    /** Returns what is to be kept free, 0 or more. */
    public long amount() {
        return (long) Math.ceil(amount);
    }

    /** Returns whether refusals go on that no margin explains. */
    public boolean isInVain() {
        return inVain >= EXCESS_REFUSALS;
    }

    public void reset() {
        amount = 0;
        inVain = 0;
    }
}
