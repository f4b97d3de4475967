package dev.whippletree.quota;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * A limit that the service itself says how it stands, and what is left of it since it last said so.
 *
 * <p>A report tells what was left when the service made it, which was some time while the attempt that brought it was under way.
 * Other uses may or may not have been counted by then. What surely was counted is what had been answered before that attempt was
 * begun; everything else is taken off what was reported. With a later report the doubt shrinks, and once nothing is under way
 * there is none.
 */
public abstract sealed class ReportedQuota implements Quota permits FixedWindow, TokenBucket {

    private final Duration window;

    /** How much a window allows, as last reported. */
    private long amount;

    /** All uses ever reserved, less those released. */
    private long reservedTotal;

    /** All uses ever that the service is known to have counted. */
    private long arrivedTotal;

    /** Uses of which nobody will hear any more; each counts as arrived once it can't arrive later. */
    private final PriorityQueue<LostUse> lost = new PriorityQueue<>(Comparator.comparingLong(LostUse::latestArrival));

    /** When the attempt that brought the last report was begun; an older attempt's report says nothing new. */
    private long reportBegun = Long.MIN_VALUE;

    /** How many uses have arrived so far, and how many had when the attempt that brought the last report was begun. */
    private long arrivals;

    private long arrivalsReported;

    /** When it was last reserved or reported. */
    private long changedAt;

    /** A use that arrives by some moment or never. */
    private record LostUse(long latestArrival, long amount) {}

    ReportedQuota(long amount, Duration window) {
        this.amount = amount;
        this.window = window;
    }

    @Override
    public final long amount() {
        return amount;
    }

    @Override
    public final Optional<Duration> window() {
        return window.isZero() ? Optional.empty() : Optional.of(window);
    }

    @Override
    public final Use reserve(long reserved, long now) {
        advance(now);
        changedAt = now;
        reservedTotal += reserved;
        take(reserved);
        return new CountedUse(reserved, now, arrivedTotal, arrivals);
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
        if (own.begun < reportBegun) {
            return;
        }
        reportBegun = own.begun;
        arrivalsReported = own.arrivalsBefore;
        own.reported = true;
        changedAt = now;
        amount = reportedAmount;
        long perhapsNotCounted = reservedTotal - own.arrivedBefore - own.amount;
        take(new Report(remaining - perhapsNotCounted, own.begun, resetNanos), now);
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

    /**
     * What a report amounts to.
     *
     * @param left what is surely left
     * @param begun the earliest moment at which the service can have made it
     * @param resetNanos how long from then until all is left
     */
    record Report(long left, long begun, long resetNanos) {}

    /** Brings everything up to now. */
    final void advance(long now) {
        while (!lost.isEmpty() && lost.peek().latestArrival() <= now) {
            LostUse use = lost.remove();
            refill(use.latestArrival());
            arrivedTotal += use.amount();
            arriving(use.latestArrival());
        }
        refill(now);
    }

    /** Brings what is left up to now. */
    abstract void refill(long now);

    /** Takes off, or with a negative amount gives back, what is left. */
    abstract void take(long taken);

    /** Replaces what was believed by what was reported. */
    abstract void take(Report report, long now);

    /**
     * A use that is still taken off what is left turned out to be another.
     *
     * @param difference by how much larger it is; negative: smaller
     * @param arrivedAt when it was known to have arrived
     */
    void settle(long difference, long arrivedAt) {}

    /** The service has counted some use by now; called before that is entered. */
    void arriving(long now) {}

    /** Returns what is reserved and not known to have been counted. */
    final long underWay() {
        return reservedTotal - arrivedTotal;
    }

    final long arrivedTotal() {
        return arrivedTotal;
    }

    final long reservedTotal() {
        return reservedTotal;
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
        private boolean ended;

        CountedUse(long amount, long begun, long arrivedBefore, long arrivalsBefore) {
            this.amount = amount;
            this.begun = begun;
            this.arrivedBefore = arrivedBefore;
            this.arrivalsBefore = arrivalsBefore;
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
                arriving(now);
            }
        }

        @Override
        public void lost(long latestArrival, long now) {
            advance(now);
            if (!ended) {
                ended = true;
                lost.add(new LostUse(Math.max(now, latestArrival), amount));
            }
        }

        /** Where a report tells what the service really took, that is in what was left; else it has to be made good here. */
        @Override
        public void settle(long actual, long now) {
            advance(now);
            if (!reported && arrival > arrivalsReported) {
                ReportedQuota.this.settle(actual - amount, arrivedAt);
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
