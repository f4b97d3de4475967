package dev.whippletree.limits;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a service counts, in the slow and obvious way. Knows nothing of the code under test. */
public interface ServiceModel {

    /** A use arrives. Times never go back. */
    void arrive(long amount, long now);

    /** Returns what may still arrive at a moment before the service refuses; negative if it has been exceeded. */
    double remaining(long now);

    /** Returns how long until everything is left again, were nothing else to arrive. */
    long resetNanos(long now);

    /** Counts all that arrived within the last window, wherever that begins. */
    final class Sliding implements ServiceModel {

        private final long amount;
        private final long windowNanos;
        private final Deque<long[]> uses = new ArrayDeque<>();

        public Sliding(long amount, long windowNanos) {
            this.amount = amount;
            this.windowNanos = windowNanos;
        }

        @Override
        public void arrive(long used, long now) {
            while (!uses.isEmpty() && uses.getFirst()[0] <= now - windowNanos) {
                uses.removeFirst();
            }
            uses.add(new long[] {now, used});
        }

        @Override
        public double remaining(long now) {
            return amount
                    - uses.stream()
                            .filter(use -> use[0] > now - windowNanos)
                            .mapToLong(use -> use[1])
                            .sum();
        }

        @Override
        public long resetNanos(long now) {
            return uses.isEmpty() ? 0 : Math.max(0, uses.getLast()[0] + windowNanos - now);
        }
    }

    /** Counts what arrived since the last multiple of the window. */
    final class Fixed implements ServiceModel {

        private final long amount;
        private final long windowNanos;
        private final long phase;
        private long window = Long.MIN_VALUE;
        private long used;

        public Fixed(long amount, long windowNanos, long phase) {
            this.amount = amount;
            this.windowNanos = windowNanos;
            this.phase = phase;
        }

        @Override
        public void arrive(long more, long now) {
            moveTo(now);
            used += more;
        }

        @Override
        public double remaining(long now) {
            moveTo(now);
            return amount - used;
        }

        @Override
        public long resetNanos(long now) {
            return windowNanos - Math.floorMod(now - phase, windowNanos);
        }

        private void moveTo(long now) {
            long current = Math.floorDiv(now - phase, windowNanos);
            if (current != window) {
                window = current;
                used = 0;
            }
        }
    }

    /** Counts what arrived since the first use that came when no window was open. */
    final class FromFirstUse implements ServiceModel {

        private final long amount;
        private final long windowNanos;
        private long openedAt = Long.MIN_VALUE / 2;
        private long used;

        public FromFirstUse(long amount, long windowNanos) {
            this.amount = amount;
            this.windowNanos = windowNanos;
        }

        @Override
        public void arrive(long more, long now) {
            if (now - openedAt >= windowNanos) {
                openedAt = now;
                used = 0;
            }
            used += more;
        }

        @Override
        public double remaining(long now) {
            return now - openedAt >= windowNanos ? amount : amount - used;
        }

        @Override
        public long resetNanos(long now) {
            return Math.max(0, openedAt + windowNanos - now);
        }
    }

    /** Fills bit by bit, up to the amount. */
    final class Bucket implements ServiceModel {

        private final long amount;
        private final double perNano;
        private double level;
        private long levelAt;

        public Bucket(long amount, long windowNanos) {
            this(amount, windowNanos, 0);
        }

        /** A bucket that is full at a moment. */
        public Bucket(long amount, long windowNanos, long fullAt) {
            this.levelAt = fullAt;
            this.amount = amount;
            this.perNano = (double) amount / windowNanos;
            this.level = amount;
        }

        @Override
        public void arrive(long used, long now) {
            level = remaining(now) - used;
            levelAt = now;
        }

        @Override
        public double remaining(long now) {
            return Math.min(amount, level + (now - levelAt) * perNano);
        }

        @Override
        public long resetNanos(long now) {
            return (long) Math.ceil((amount - remaining(now)) / perNano);
        }
    }
}
