package dev.whippletree.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * A reported limit that refills continuously: {@code amount} in each window, never above {@code amount}.
 *
 * <p>Ignores what refills while a report is on its way, which is safe.
 *
 * <p>If the window isn't stated, it follows from how long used tokens take to come back. Only whole amounts are
 * reported, so one report bounds the window, and reports of more use narrow these bounds. The longest window within
 * them is the safe one, but if a common length lies within them, that is assumed to be meant.
 */
public final class TokenBucket extends ReportedQuota {

    private static final Duration LONGEST_WINDOW = Duration.ofDays(31);

    /** Resets are reported in rounded milliseconds. */
    private static final double ROUNDING_NANOS = 1_000_000;

    /** If the remainder is rounded down, so little may show as a use of 1. */
    private static final double SMALLEST_USE = 0.01;

    private double windowNanos;

    /** The bounds of an unstated window; both 0 if it is stated. */
    private double leastNanos;

    private double mostNanos;
    private double level;
    private long levelAt;

    /** When the level last reached its largest possible value. */
    private long fullAt = Long.MIN_VALUE;

    /**
     * Creates a full bucket; reports correct it.
     *
     * @param amount the most it holds, 1 or more
     * @param window how long an empty one takes to fill, positive
     */
    public TokenBucket(long amount, Duration window, long now) {
        super(amount);
        this.windowNanos = window.toNanos();
        this.level = amount;
        this.levelAt = now;
    }

    /** Creates a full bucket of 1 or more whose window isn't stated; reports correct both. */
    public static TokenBucket ofUnsaidWindow(long amount, long now) {
        TokenBucket bucket = new TokenBucket(amount, LONGEST_WINDOW, now);
        bucket.mostNanos = LONGEST_WINDOW.toNanos();
        return bucket;
    }

    @Override
    void learn(long reportedAmount, long remaining, long resetNanos) {
        long used = reportedAmount - remaining;
        if (mostNanos == 0 || used < 1) {
            return;
        }
        double least = (resetNanos - ROUNDING_NANOS) / used * reportedAmount;
        double most = (resetNanos + ROUNDING_NANOS) / Math.max(SMALLEST_USE, (double) (used - 1)) * reportedAmount;
        if (least > mostNanos || most < leastNanos) {
            leastNanos = least;
            mostNanos = most;
        } else {
            leastNanos = Math.max(leastNanos, least);
            mostNanos = Math.min(mostNanos, most);
        }
        windowNanos = UsualWindows.shortest((long) leastNanos, (long) mostNanos).orElse((long) mostNanos);
    }

    @Override
    public Optional<Duration> window() {
        return Optional.of(Duration.ofNanos((long) windowNanos));
    }

    @Override
    public long left(long now) {
        advance(now);
        return Math.max(0, (long) level);
    }

    @Override
    public long waitNanos(long sum, long now) {
        advance(now);
        double missing = sum - level;
        return sum == 0 || missing <= 0 ? 0 : Math.max(1, (long) Math.ceil(missing * windowNanos / amount()));
    }

    @Override
    public long roomWithin(long aheadNanos, long reserve, long now) {
        advance(now);
        return (long) Math.max(0, level + aheadNanos / windowNanos * amount() - reserve);
    }

    @Override
    Standing standing(long now, long ageNanos) {
        long fullIn = (long) Math.ceil(Math.max(0, amount() - level) * windowNanos / amount());
        return new Standing(amount(), (long) Math.floor(level), fullIn, (long) windowNanos, ageNanos);
    }

    /** The time until the bucket is full gives the present level, however old the last report is. */
    @Override
    void goOn(Standing standing, long now) {
        level = Math.floor(amount() - standing.fullInNanos() / windowNanos * amount());
        levelAt = now;
    }

    /** Uses that haven't arrived will still be taken off, so the level can't exceed the amount less those uses. */
    @Override
    void refill(long now) {
        double refilled = level + Math.max(0, now - levelAt) / windowNanos * amount();
        double most = Math.max(level, (double) (amount() - underWay()));
        if (refilled > most) {
            fullAt = Math.max(fullAt, now);
        }
        level = Math.min(refilled, most);
        levelAt = Math.max(levelAt, now);
    }

    @Override
    void take(long taken) {
        level -= taken;
    }

    /**
     * Gives back what was taken off in excess, unless the bucket has been full since: then it has refilled already. A
     * debt of more than a window counts as a broken report.
     */
    @Override
    void correct(long difference, long arrivedAt) {
        if (difference > 0) {
            level = Math.max(Math.min(level, (double) -amount()), level - difference);
        } else if (arrivedAt >= fullAt) {
            level = Math.min(level - difference, Math.max(level, (double) (amount() - underWay())));
        }
    }

    /** A bucket has only one window. */
    @Override
    ReportedWindow place(long begun, long resetNanos, long now) {
        return ReportedWindow.PRESENT;
    }

    @Override
    double refilledNanos(long nanos) {
        return nanos / windowNanos * amount();
    }

    @Override
    void stand(double left, long now) {
        level = left;
        levelAt = now;
    }
}
