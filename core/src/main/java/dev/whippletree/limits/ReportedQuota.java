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

    /** In the place of what was left: that was said of a window that is over. */
    private static final long NOTHING_OF_THIS_WINDOW = Long.MAX_VALUE;

    /** How much a window allows, as last reported. */
    private long amount;

    /** All uses ever reserved, less those released. */
    private long reservedTotal;

    /** All uses ever that the service is known to have counted. */
    private long arrivedTotal;

    /** Uses of which nobody will hear any more; each counts as arrived once it can't arrive later. */
    private final PriorityQueue<LostUse> lost = new PriorityQueue<>(Comparator.comparingLong(LostUse::latestArrival));

    /** How many uses have arrived so far. */
    private long arrivals;

    /** How many of them had arrived before a reporting attempt was begun, and the sum of those: they were counted by its report. */
    private long settledArrivals;

    private long settledTotal;

    /** Uses that have arrived since and brought a report; as many as were under way at most. */
    private final PriorityQueue<CountedUse> told = new PriorityQueue<>(Comparator.comparingLong(use -> use.arrival));

    private long toldTotal;

    /** Of those that brought a report of the present window, the one begun last. */
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
     * Takes in what the service said in answer to one of this quota's uses.
     *
     * @param use reserved by the attempt that brought the report
     * @param reportedAmount how much a window allows, 1 or more
     * @param remaining what was left, 0 or more
     * @param resetNanos how long from then until all of it is left
     */
    public final void report(Use use, long reportedAmount, long remaining, long resetNanos, long now) {
        advance(now);
        CountedUse own = (CountedUse) use;
        learn(reportedAmount, remaining, resetNanos);
        Place place = place(own.begun, resetNanos, now);
        if (place == Place.UNCLEAR) {
            return;
        }
        changedAt = now;
        if (place == Place.PAST) {
            long before = inDoubt();
            own.tell(NOTHING_OF_THIS_WINDOW, now);
            take(inDoubt() - before);
            return;
        }
        if (place == Place.NEXT) {
            startWindow();
        }
        amount = reportedAmount;
        own.tell(remaining, now);
        if (newest == null || own.begun >= newest.begun) {
            newest = own;
        }
        stand(surelyLeft(newest, now), now);
    }

    /** A report tells something of how the limit refills. */
    void learn(long reportedAmount, long remaining, long resetNanos) {}

    /** Which of a limit's windows a report is of. */
    enum Place {
        /** One that is over: it says nothing of the present one, but that its own use isn't in it. */
        PAST,
        /** Perhaps the present one, perhaps one before. */
        UNCLEAR,
        /** The same as those before. */
        PRESENT,
        /** One of which nothing had been reported yet. */
        NEXT
    }

    /**
     * Finds the window that a report is of, and takes in when that ends.
     *
     * @param begun when its attempt was begun, and so the earliest moment at which the service can have made it
     * @param resetNanos how long from then until all is left
     */
    abstract Place place(long begun, long resetNanos, long now);

    /** A window begins: reports of the one before say no more than that their uses aren't in this one. */
    final void startWindow() {
        told.forEach(use -> use.remaining = NOTHING_OF_THIS_WINDOW);
        newest = null;
    }

    /**
     * Returns what is surely left, by all reports together: the most that follows from believing those that leave at least so much,
     * with the uses of the others in doubt.
     */
    private double surelyLeft(CountedUse latest, long now) {
        double believed = refilled(latest, now);
        List<CountedUse> lower = new ArrayList<>();
        long disbelieved = 0;
        for (CountedUse use : told) {
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
                : Math.min(amount, use.remaining + refilledNanos(now - use.toldAt));
    }

    /** Returns how much refills in a time. */
    abstract double refilledNanos(long nanos);

    /** Returns what is reserved and perhaps wasn't counted by what was reported. */
    final long inDoubt() {
        return reservedTotal - settledTotal - toldTotal;
    }

    /** What had arrived by some moment isn't in doubt any more. */
    final void settle(long arrivalsBefore, long arrivedBefore) {
        if (arrivalsBefore > settledArrivals) {
            settledArrivals = arrivalsBefore;
            while (!told.isEmpty() && told.peek().arrival <= settledArrivals) {
                toldTotal -= told.remove().amount;
            }
        }
        settledTotal = Math.max(settledTotal, arrivedBefore);
    }

    /**
     * How a reported limit stands, for another process to go on from. Immutable.
     *
     * @param amount how much a window allows, 1 or more
     * @param left what is surely left; negative if more was used than there is
     * @param fullInNanos how long until all of it is left again, if nothing more is used
     * @param refillNanos how long all of it takes to come back, positive; where that is unknown, the best guess
     * @param ageNanos for how long nothing has changed but by refilling, 0 or more
     */
    public record Standing(long amount, long left, long fullInNanos, long refillNanos, long ageNanos) {}

    /** Returns how it stands. */
    public final Standing standing(long now) {
        advance(now);
        return standing(now, now - changedAt);
    }

    abstract Standing standing(long now, long ageNanos);

    /** Goes on from where an earlier process stood. Call it before anything else. */
    public final void resume(Standing standing, long now) {
        amount = standing.amount();
        changedAt = now - standing.ageNanos();
        goOn(standing, now);
    }

    abstract void goOn(Standing standing, long now);

    /** Brings everything up to now. */
    final void advance(long now) {
        while (!lost.isEmpty() && lost.peek().latestArrival() <= now) {
            LostUse use = lost.remove();
            refill(use.latestArrival());
            arrivedTotal += use.amount();
            arriving(use.begun(), use.latestArrival());
        }
        refill(now);
    }

    /** Brings what is left up to now. */
    abstract void refill(long now);

    /** Takes off, or with a negative amount gives back, what is left. */
    abstract void take(long taken);

    /** Replaces what is left; negative if more may have been used than there is. */
    abstract void stand(double left, long now);

    /**
     * A use that is still taken off what is left turned out to be another.
     *
     * @param difference by how much larger it is; negative: smaller
     * @param arrivedAt when it was known to have arrived
     */
    void correct(long difference, long arrivedAt) {}

    /** The service has counted by now a use that was begun at some moment. */
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

    /** A use, and what had been counted when it was reserved. */
    private final class CountedUse implements Use {

        private final long begun;
        private final long arrivedBefore;
        private final long arrivalsBefore;
        private long amount;
        private long arrival = Long.MAX_VALUE;
        private long arrivedAt = Long.MAX_VALUE;
        private boolean reported;

        /** What its report left, and when that came. */
        private long remaining;

        private long toldAt;
        private boolean ended;

        CountedUse(long amount, long begun, long arrivedBefore, long arrivalsBefore) {
            this.amount = amount;
            this.begun = begun;
            this.arrivedBefore = arrivedBefore;
            this.arrivalsBefore = arrivalsBefore;
        }

        /** It brought a report, which has counted it and all that had arrived before it was begun. */
        void tell(long left, long now) {
            arrived(now);
            remaining = left;
            toldAt = now;
            if (!reported && arrival > settledArrivals) {
                told.add(this);
                toldTotal += amount;
            }
            reported = true;
            ReportedQuota.this.settle(arrivalsBefore, arrivedBefore);
        }

        /** Its answer says more surely when it was counted. */
        @Override
        public void sent(long latestArrival, long now) {}

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

        /** Where a report tells what the service really took, that is in what was left; else it has to be made good here. */
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
