package dev.whippletree.limits;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A limit whose remainder the service reports, and the remainder that is certain.
 *
 * <p>A report says what was left when the service made it, at some time during its attempt. Each report has counted
 * its own use and every use that had arrived before its attempt began. Apart from refills, the remainder only
 * falls. So of several reports, the last one made shows the smallest remainder, and includes the uses of all
 * others. Overlapping attempts don't show which report that was, but the smallest reported remainder is at most its
 * remainder. What is certainly left is therefore the smallest reported remainder, less the uses in doubt: those
 * that neither brought a report nor had arrived before a reporting attempt began. Each answer ends the doubt about
 * its own use; when every use has reported, there is none.
 *
 * <p>A late report may show less than its own use explains. Such a report is ignored, and its use stays in doubt.
 * The report of the attempt begun last is always believed, because it reveals the use of others.
 */
public abstract sealed class ReportedQuota implements Quota permits FixedWindow, TokenBucket {

    /** In place of a remainder: the report described an earlier window. */
    private static final long NOTHING_OF_THIS_WINDOW = Long.MAX_VALUE;

    /** How much a window allows, as last reported. */
    private long amount;

    /** All uses ever reserved, less those released. */
    private long reservedTotal;

    /** All uses ever that the service is known to have counted. */
    private long arrivedTotal;

    /** Lost uses; each counts as arrived from its latest arrival on. */
    private final PriorityQueue<LostUse> lost = new PriorityQueue<>(Comparator.comparingLong(LostUse::latestArrival));

    /** How many uses have arrived so far. */
    private long arrivals;

    /**
     * How many of them had arrived before a reporting attempt began, so that its report counts them; below, their sum.
     */
    private long settledArrivals;

    private long settledTotal;

    /** Uses that have arrived since and brought a report; at most as many as were under way at once. */
    private final PriorityQueue<CountedUse> reporting =
            new PriorityQueue<>(Comparator.comparingLong(use -> use.arrival));

    private long reportingTotal;

    /** The newest use with a report of the present window, by when it was begun. */
    private @Nullable CountedUse newest;

    /** When it was last reserved or reported. */
    private long changedAt;

    /** A use that arrives by some moment or never. */
    private record LostUse(long begun, long latestArrival, long amount) {}

    ReportedQuota(long amount) {
        this.amount = amount;
    }

    @Override
    public final long amount() {
        return amount;
    }

    @Override
    public final Use reserve(long reserved, long now) {
        return reserve(reserved, now, now);
    }

    /**
     * Reserves an amount for an attempt that was begun before this limit was known.
     *
     * @param reserved 0 or more
     * @param begun when the attempt was begun
     */
    public final Use reserve(long reserved, long begun, long now) {
        advance(now);
        changedAt = now;
        reservedTotal += reserved;
        take(reserved);
        return new CountedUse(reserved, begun, arrivedTotal, arrivals);
    }

    /**
     * Learns from a report that came with one of this quota's uses.
     *
     * @param use reserved by the attempt that brought the report
     * @param reportedAmount how much a window allows, 1 or more
     * @param remaining what was left, 0 or more
     * @param resetNanos how long from the report until the limit is whole again
     */
    public final void report(Use use, long reportedAmount, long remaining, long resetNanos, long now) {
        advance(now);
        CountedUse own = (CountedUse) use;
        learn(reportedAmount, remaining, resetNanos);
        ReportedWindow place = place(own.begun, resetNanos, now);
        if (place == ReportedWindow.UNCLEAR) {
            return;
        }
        changedAt = now;
        if (place == ReportedWindow.PAST) {
            long before = inDoubt();
            own.tell(NOTHING_OF_THIS_WINDOW, now);
            take(inDoubt() - before);
            return;
        }
        if (place == ReportedWindow.NEXT) {
            startWindow();
        }
        amount = reportedAmount;
        own.tell(remaining, now);
        if (newest == null || own.begun >= newest.begun) {
            newest = own;
        }
        stand(surelyLeft(newest, now), now);
    }

    void learn(long reportedAmount, long remaining, long resetNanos) {}

    /** Which of a limit's windows a report describes. */
    enum ReportedWindow {
        /** An earlier one: of the present window, it shows only that its own use isn't in it. */
        PAST,
        /** The present one or an earlier one. */
        UNCLEAR,
        /** The same as those before. */
        PRESENT,
        /** A new one, of which nothing had been reported yet. */
        NEXT
    }

    /**
     * Finds the window that a report describes, and learns when that window ends.
     *
     * @param begun when its attempt was begun, and so the earliest moment at which the service can have made it
     * @param resetNanos how long from the report until the limit is whole again
     */
    abstract ReportedWindow place(long begun, long resetNanos, long now);

    /** Begins a window. Reports of earlier windows now show only that their uses aren't in this one. */
    final void startWindow() {
        reporting.forEach(use -> use.remaining = NOTHING_OF_THIS_WINDOW);
        newest = null;
    }

    /**
     * Returns what is certainly left by all reports together: each choice to believe only the reports of at least some
     * remainder, and to count the uses of the others as in doubt, gives a lower bound; this is the largest.
     */
    private double surelyLeft(CountedUse latest, long now) {
        double believed = refilled(latest, now);
        List<CountedUse> lower = new ArrayList<>();
        long disbelieved = 0;
        for (CountedUse use : reporting) {
            if (refilled(use, now) < believed) {
                lower.add(use);
                disbelieved += use.amount;
            }
        }
        lower.sort(Comparator.comparingDouble(use -> -refilled(use, now)));
        double most = believed - disbelieved;
        for (CountedUse use : lower) {
            disbelieved -= use.amount;
            most = Math.max(most, refilled(use, now) - disbelieved);
        }
        return most - inDoubt();
    }

    private double refilled(CountedUse use, long now) {
        return use.remaining == NOTHING_OF_THIS_WINDOW
                ? Double.POSITIVE_INFINITY
                : Math.min((double) amount, use.remaining + refilledNanos(now - use.reportedAt));
    }

    abstract double refilledNanos(long nanos);

    /** Returns what is reserved and perhaps not counted in any report. */
    final long inDoubt() {
        return reservedTotal - settledTotal - reportingTotal;
    }

    /** Ends the doubt about uses that had arrived by some moment. */
    final void settle(long arrivalsBefore, long arrivedBefore) {
        if (arrivalsBefore > settledArrivals) {
            settledArrivals = arrivalsBefore;
            while (!reporting.isEmpty() && reporting.peek().arrival <= settledArrivals) {
                reportingTotal -= reporting.remove().amount;
            }
        }
        settledTotal = Math.max(settledTotal, arrivedBefore);
    }

    /**
     * The state of a reported limit, for another process to continue from. Immutable.
     *
     * @param amount how much a window allows, 1 or more
     * @param left what is certainly left; negative if the limit is overdrawn
     * @param fullInNanos how long until the limit is whole again, if nothing more is used
     * @param refillNanos how long an empty limit takes to refill, positive; a guess if that is unknown
     * @param ageNanos how long ago the last use or report was, 0 or more
     */
    public record Standing(long amount, long left, long fullInNanos, long refillNanos, long ageNanos) {}

    public final Standing standing(long now) {
        advance(now);
        return standing(now, now - changedAt);
    }

    abstract Standing standing(long now, long ageNanos);

    /** Continues from an earlier process's state. Call it before anything else. */
    public final void resume(Standing standing, long now) {
        amount = standing.amount();
        changedAt = now - standing.ageNanos();
        goOn(standing, now);
    }

    abstract void goOn(Standing standing, long now);

    final void advance(long now) {
        while (!lost.isEmpty() && lost.peek().latestArrival() <= now) {
            LostUse use = lost.remove();
            refill(use.latestArrival());
            arrivedTotal += use.amount();
            arriving(use.begun(), use.latestArrival());
        }
        refill(now);
    }

    abstract void refill(long now);

    /** Takes an amount off the remainder, or gives it back if it is negative. */
    abstract void take(long taken);

    /** Replaces the remainder; negative if the limit may be overdrawn. */
    abstract void stand(double left, long now);

    /**
     * Corrects a use whose reservation is still taken off the remainder.
     *
     * @param difference by how much larger it is; negative: smaller
     * @param arrivedAt when it was known to have arrived
     */
    void correct(long difference, long arrivedAt) {}

    /** The service has by now counted a use that was begun at {@code begun}. */
    void arriving(long begun, long now) {}

    /** Returns what is reserved and not known to have been counted. */
    final long underWay() {
        return reservedTotal - arrivedTotal;
    }

    final long arrivedTotal() {
        return arrivedTotal;
    }

    final long arrivals() {
        return arrivals;
    }

    /**
     * A use, and what had been counted when it was reserved. When it was sent changes nothing: the answer shows better
     * when it was counted.
     */
    private final class CountedUse implements Use {

        private final long begun;
        private final long arrivedBefore;
        private final long arrivalsBefore;
        private long amount;
        private long arrival = Long.MAX_VALUE;
        private long arrivedAt = Long.MAX_VALUE;
        private boolean reported;

        /** The remainder that its report stated; below, when the report came. */
        private long remaining;

        private long reportedAt;
        private boolean ended;

        CountedUse(long amount, long begun, long arrivedBefore, long arrivalsBefore) {
            this.amount = amount;
            this.begun = begun;
            this.arrivedBefore = arrivedBefore;
            this.arrivalsBefore = arrivalsBefore;
        }

        /** Its report has come, and counts it and all uses that had arrived before it began. */
        void tell(long left, long now) {
            arrived(now);
            remaining = left;
            reportedAt = now;
            if (!reported && arrival > settledArrivals) {
                reporting.add(this);
                reportingTotal += amount;
            }
            reported = true;
            ReportedQuota.this.settle(arrivalsBefore, arrivedBefore);
        }

        @Override
        public void arrived(long now) {
            advance(now);
            if (!ended) {
                ended = true;
                arrivedTotal += amount;
                arrival = ++arrivals;
                arrivedAt = now;
                arriving(begun, now);
            }
        }

        @Override
        public void lost(long latestArrival, long now) {
            advance(now);
            if (!ended) {
                ended = true;
                lost.add(new LostUse(begun, Math.max(now, latestArrival), amount));
            }
        }

        /**
         * A report's remainder includes what the service really took; without a report, the difference is corrected
         * here.
         */
        @Override
        public void settle(long actual, long now) {
            advance(now);
            if (!reported && arrival > settledArrivals) {
                correct(actual - amount, arrivedAt);
            }
        }

        @Override
        public void release(long now) {
            advance(now);
            if (!ended) {
                ended = true;
                reservedTotal -= amount;
                take(-amount);
                amount = 0;
            }
        }
    }
}
