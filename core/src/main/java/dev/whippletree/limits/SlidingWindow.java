package dev.whippletree.limits;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A limit that holds for every period as long as the window, wherever it begins.
 *
 * <p>This is the safe way to count if the service's own is unknown: keeping every sliding window also keeps every
 * fixed window, and never overdraws a token bucket of that size and rate. It remembers each use until the use has
 * left the window, so its memory is bounded by the uses in one window.
 *
 * <p>Reports can add uses, but never remove one.
 */
public final class SlidingWindow implements Quota {

    private long amount;
    private final long windowNanos;

    /** Uses by their latest arrival, if it is known; dropped once they have left the window. */
    private final UsesByDate dated = new UsesByDate();

    /**
     * Uses of the last window that were dated before their answers came, in the order of the answers.
     */
    private final Deque<Answer> answeredLate = new ArrayDeque<>(0);

    /** Uses by others, by the keys under which they were reported; all are dated too. */
    private final Map<Long, UsesByDate.DatedEntry> others = new HashMap<>();

    /** The sum of all uses in the window, those under way included. */
    private long used;

    /** All uses ever reserved, and what they exceeded their reservations by. */
    private long reservedTotal;

    /** When the answer to a use came. */
    private record Answer(long at, UsesByDate.DatedEntry entry) {}

    /** Creates an unused limit of 1 or more in a positive window. */
    public SlidingWindow(long amount, Duration window) {
        this.amount = amount;
        this.windowNanos = window.toNanos();
    }

    @Override
    public long amount() {
        return amount;
    }

    @Override
    public Optional<Duration> window() {
        return Optional.of(Duration.ofNanos(windowNanos));
    }

    @Override
    public long left(long now) {
        forget(now);
        return Math.max(0, amount - used);
    }

    /**
     * Uses leave in the order of their dates, and each replacement leaves one window later, so the pattern repeats.
     */
    @Override
    public long waitNanos(long sum, long now) {
        if (sum <= amount - used) {
            return 0; // Whatever has left the window meanwhile would only make more room.
        }
        long missing = sum - left(now);
        if (missing <= 0) {
            return 0;
        }
        long rounds = (missing - 1) / amount;
        long ofLastRound = missing - rounds * amount;
        return saturatedProduct(rounds, windowNanos) + freedInNanos(ofLastRound + overdrawn(), now);
    }

    /** Returns how long until {@code goal} of the first round has left. Uses without a date count as arriving now. */
    private long freedInNanos(long goal, long now) {
        long date = dated.dateOfAccumulated(goal);
        return Math.max(1, (date == UsesByDate.NONE ? now : Math.min(date, now)) + windowNanos - now);
    }

    @Override
    public long roomWithin(long aheadNanos, long reserve, long now) {
        long most = amount - reserve;
        long free = Math.max(0, left(now) - reserve);
        long missing = Math.max(0, reserve - left(now));
        long rounds = aheadNanos / windowNanos;
        long rest = aheadNanos - rounds * windowNanos;
        long freed = Math.max(0, dated.sumUpTo(now + rest - windowNanos) - overdrawn() - missing);
        long later = rounds == 0 ? 0 : Math.min(most, dated.sum() - dated.sumUpTo(now + rest));
        return free + Math.min(freed, most - free) + saturatedProduct(rounds, most) - later;
    }

    public long windowNanos() {
        return windowNanos;
    }

    /**
     * Returns how much will be free after a time if nothing more is reserved.
     *
     * @param aheadNanos 0 or more
     * @param lagNanos how long after they were reserved uses are dated, 0 or more
     */
    public long freeWithin(long aheadNanos, long lagNanos, long now) {
        forget(now);
        long left = dated.sumUpTo(now + aheadNanos - windowNanos);
        // Uses under way are somewhere on the way between their reservation and their date.
        boolean all = aheadNanos >= windowNanos + lagNanos / 2;
        return Math.max(0, amount - used + (all ? used : left));
    }

    /** Returns the sum of all uses ever, as far as known; it never falls. */
    public long usedEver() {
        return reservedTotal;
    }

    @Override
    public Use reserve(long reserved, long now) {
        forget(now);
        used += reserved;
        reservedTotal += reserved;
        return new DatedUse(reserved);
    }

    /**
     * Learns how much the service had counted within the window when it answered a use. Others have used what can't
     * have been reserved here.
     *
     * @param use the use of the answered attempt; it has arrived
     * @param counted 0 or more
     */
    public void counted(Use use, long counted, long now) {
        forget(now);
        countBesides(counted - ((DatedUse) use).mostCounted(), now);
    }

    /** Adds uses by others, or from before this count began; nothing if negative. */
    public void countBesides(long besides, long now) {
        if (besides > 0) {
            UsesByDate.DatedEntry entry = UsesByDate.DatedEntry.ofOthers();
            dated.add(entry, now);
            resize(entry, besides);
            // Otherwise, the answers to uses under way would add the same uses again.
            reservedTotal += besides;
        }
    }

    /** Changes the amount from now on to another of 1 or more. Uses stay. */
    public void allow(long most) {
        amount = most;
    }

    /** Copies the uses in another window of the same scope and unit, except some of them. */
    public void takeOver(SlidingWindow earlier, Collection<Use> except, long now) {
        earlier.forget(now);
        Set<UsesByDate.DatedEntry> left = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Use use : except) {
            if (use instanceof DatedUse dated) {
                left.add(dated.entry);
            }
        }
        earlier.dated.forEach(entry -> {
            if (!left.contains(entry)) {
                dated.add(entry.copy(), entry.date());
                used += entry.amount();
            }
        });
        forget(now);
    }

    /** Visits uses, each with the latest moment at which the service can have counted it. */
    @FunctionalInterface
    public interface Visitor {

        void use(long date, long amount);
    }

    /**
     * Visits the dated uses in the window that were reserved here, by date. Uses under way have no date yet.
     *
     * @return the sum of the uses under way
     */
    public long visitOwn(Visitor visitor, long now) {
        forget(now);
        dated.forEach(entry -> {
            if (entry.own()) {
                visitor.use(entry.date(), entry.amount());
            }
        });
        return used - dated.sum();
    }

    /**
     * A use of the same limit by others.
     *
     * @param key identifies the use, also when it is reported again
     * @param date the latest moment at which it can have been counted
     * @param amount 0 or more
     */
    public record OthersUse(long key, long date, long amount) {}

    /** Replaces what is known of the uses by others. */
    public void takeIn(Collection<OthersUse> all, long now) {
        forget(now);
        others.values().removeIf(UsesByDate.DatedEntry::removed);
        Set<Long> reported = new HashSet<>();
        for (OthersUse use : all) {
            reported.add(use.key());
            takeIn(use, now);
        }
        others.forEach((key, entry) -> resize(entry, reported.contains(key) ? entry.amount() : 0));
    }

    private void takeIn(OthersUse use, long now) {
        UsesByDate.DatedEntry entry = others.get(use.key());
        if (entry == null && use.date() + windowNanos > now) {
            entry = UsesByDate.DatedEntry.ofOthers();
            dated.add(entry, use.date());
            others.put(use.key(), entry);
        }
        if (entry != null) {
            resize(entry, use.amount());
        }
    }

    private void resize(UsesByDate.DatedEntry entry, long amount) {
        used += amount - entry.amount();
        dated.resize(entry, amount);
    }

    /**
     * Returns what is used beyond the amount, for example by uses larger than reserved. It must leave before anything
     * is free.
     */
    private long overdrawn() {
        return Math.max(0, used - amount);
    }

    private void forget(long now) {
        used -= dated.removeUpTo(now - windowNanos);
    }

    /**
     * Returns whether more than the amount would be used if each use had arrived only with its answer. Then a refusal
     * may mean that requests take longer to arrive than stated.
     */
    public boolean isExceededByAnswers(long now) {
        forget(now);
        forgetAnswers(now);
        long alreadyLeft = answeredLate.stream()
                .filter(answer -> answer.entry().removed())
                .mapToLong(answer -> answer.entry().amount())
                .sum();
        return used + alreadyLeft > amount;
    }

    private void forgetAnswers(long now) {
        while (!answeredLate.isEmpty() && answeredLate.peek().at() <= now - windowNanos) {
            answeredLate.remove();
        }
    }

    private static long saturatedProduct(long left, long right) {
        long high = Math.multiplyHigh(left, right);
        return high == 0 && left * right >= 0 ? left * right : Long.MAX_VALUE / 4;
    }

    /** A use of this window; without a date until its latest arrival is known. */
    private final class DatedUse implements Use {

        private final UsesByDate.DatedEntry entry;
        private final long usedThen = used;
        private final long reservedThen = reservedTotal;

        DatedUse(long reserved) {
            this.entry = new UsesByDate.DatedEntry(reserved);
        }

        /**
         * Returns the most of the uses known here that the service can have counted when it answered this one.
         */
        long mostCounted() {
            return usedThen + reservedTotal - reservedThen;
        }

        @Override
        public void sent(long latestArrival, long now) {
            date(latestArrival, now);
        }

        @Override
        public void arrived(long now) {
            date(now, now);
            if (entry.date() < now) {
                forgetAnswers(now);
                answeredLate.add(new Answer(now, entry));
            }
        }

        @Override
        public void lost(long latestArrival, long now) {
            date(latestArrival, now);
        }

        @Override
        public void settle(long actual, long now) {
            forget(now);
            if (!entry.removed()) {
                reservedTotal += Math.max(0, actual - entry.amount());
                resize(entry, actual);
            }
        }

        @Override
        public void release(long now) {
            settle(0, now);
        }

        private void date(long latestArrival, long now) {
            forget(now);
            if (entry.removed()) {
                return;
            }
            if (entry.dated()) {
                dated.bringForward(entry, latestArrival);
            } else {
                dated.add(entry, latestArrival);
            }
        }
    }
}
