package dev.whippletree.comparison;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Limit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The room that one account has for calls that all have equally many tokens. Confined to one thread. */
final class Room {

    private final List<Count> counts;
    private final List<FaultRule.Window> outages;

    Room(EmulatedOrganization organization, List<FaultRule.Window> outages, long tokens) {
        this.counts = organization.limits().stream()
                .map(limit -> count(limit, tokens))
                .toList();
        this.outages = outages;
    }

    private static Count count(ServiceLimit limit, long tokens) {
        double amount = (double) limit.limit().amount() / (limit.limit().unit() == Limit.Unit.REQUESTS ? 1 : tokens);
        long windowNanos = limit.limit().window().toNanos();
        return switch (limit.counting()) {
            case SLIDING -> new Sliding((long) amount, windowNanos);
            case BUCKET -> new Bucket(amount, windowNanos);
            case FIXED, FROM_FIRST_USE ->
                throw new IllegalArgumentException("no case counts by windows of its own, so their bound isn't known");
        };
    }

    /** Returns when to look whether a call can be made: now, if it can; else a later moment, before which it can't. */
    long earliestNanos(long now) {
        for (FaultRule.Window outage : outages) {
            long from = outage.from().toNanos();
            long since = outage.every().isPresent() && now >= from
                    ? (now - from) % outage.every().get().toNanos()
                    : now - from;
            long length = outage.to().toNanos() - from;
            if (since >= 0 && since < length) {
                return now + length - since;
            }
        }
        return counts.stream()
                .mapToLong(count -> count.earliestNanos(now))
                .max()
                .orElse(now);
    }

    void take(long now) {
        counts.forEach(count -> count.take(now));
    }

    /** How one limit counts calls. */
    private sealed interface Count {

        long earliestNanos(long now);

        void take(long now);
    }

    /** Each call counts for a window's length. */
    private static final class Sliding implements Count {

        private final long amount;
        private final long windowNanos;
        private final Deque<Long> uses = new ArrayDeque<>();

        Sliding(long amount, long windowNanos) {
            this.amount = amount;
            this.windowNanos = windowNanos;
        }

        @Override
        public long earliestNanos(long now) {
            return uses.size() < amount ? now : Math.max(now, uses.getFirst() + windowNanos);
        }

        @Override
        public void take(long now) {
            if (uses.size() == amount) {
                uses.removeFirst();
            }
            uses.addLast(now);
        }
    }

    /** A bucket of calls, full at first, that refills evenly. */
    private static final class Bucket implements Count {

        /** Sums of fractions may miss a whole number by so little. */
        private static final double ROUNDING = 1e-9;

        private final double amount;
        private final double perNano;
        private double level;
        private long levelNanos;

        Bucket(double amount, long windowNanos) {
            this.amount = amount;
            this.perNano = amount / windowNanos;
            this.level = amount;
        }

        private double level(long now) {
            return Math.min(amount, level + (now - levelNanos) * perNano);
        }

        @Override
        public long earliestNanos(long now) {
            double missing = 1 - ROUNDING - level(now);
            return missing <= 0 ? now : now + Math.max(1, (long) Math.ceil(missing / perNano));
        }

        @Override
        public void take(long now) {
            level = level(now) - 1;
            levelNanos = now;
        }
    }
}
