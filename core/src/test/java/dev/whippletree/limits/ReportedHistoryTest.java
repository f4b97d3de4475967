package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Quota.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No limit that its service tells of is exceeded, whatever order reports come in and whatever is lost. */
final class ReportedHistoryTest {

    private static final long WINDOW = 1_000_000_000L;

    /** Enough to find each fault that was put in on purpose. */
    private static final int LOT = Integer.getInteger("whippletree.histories", 800);

    private static final int LOTS = 8;

    static LongStream lots() {
        return LongStream.range(0, LOTS);
    }

    @ParameterizedTest(name = "lot {0}")
    @MethodSource("lots")
    void flightsOfUpToAThirdOfTheWindow_exceedNothing(long lot) {
        long begun = 0;
        for (long seed = lot * LOT / LOTS; seed < (lot + 1) * LOT / LOTS; seed++) {
            ReportedHistory history = history(seed, WINDOW / 3);
            assertThat(history.exceeded()).as("seed %s", seed).isEmpty();
            begun += history.begun();
        }
        assertThat(begun).as("attempts").isGreaterThan(50L * LOT / LOTS);
    }

    private static ReportedHistory history(long seed, long longestFlight) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 2 + random.nextLong(60);
        ServiceModel service = service(random, amount);
        ReportedHistory.Shape shape = new ReportedHistory.Shape(
                random.nextBoolean() ? 0 : random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextDouble() / 3,
                random.nextInt(3) == 0,
                random.nextBoolean() ? 1 : 1 + random.nextLong(amount));
        long longest = 10 + random.nextLong(longestFlight);
        return new ReportedHistory(random, service, amount, WINDOW, longest, shape)
                .run(6, 1 + random.nextLong(2 * WINDOW / amount));
    }

    private static ServiceModel service(SplittableRandom random, long amount) {
        return switch (random.nextInt(3)) {
            case 0 -> new ServiceModel.Fixed(amount, WINDOW, random.nextLong(WINDOW));
            case 1 -> new ServiceModel.FromFirstUse(amount, WINDOW);
            default -> new ServiceModel.Bucket(amount, WINDOW);
        };
    }

    /**
     * A random history of a limit that only its service tells of, which is counted by a quota as the engine does it:
     * four attempts at once until the first report, and from then on as many as the quota has room for. Requests take
     * their time to the service and responses theirs back, in any order; some attempts break off, some responses tell
     * nothing, and others may use the same limit.
     *
     * <p>A history lists the uses that found the service's limit used up. One that was caused by a use of others is
     * left out, if no attempt begun after that one had reported yet.
     */
    private static final class ReportedHistory {

        private static final double ROUNDING = 1e-6;
        private static final int FIRST_AT_ONCE = 4;

        private final SplittableRandom random;
        private final ServiceModel service;
        private final long amount;
        private final long longestFlightNanos;
        private final Shape shape;
        private final boolean bucket;
        private final long windowNanos;

        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
        private final List<Attempt> underWay = new ArrayList<>();
        private final List<String> exceeded = new ArrayList<>();
        private long scheduled;
        private long now;
        private int begun;
        private long endedTotal;
        private @Nullable ReportedQuota quota;

        /** The latest use of others, and the latest beginning of an attempt that has reported. */
        private long othersAt = Long.MIN_VALUE;

        private long reportedBegun = Long.MIN_VALUE;

        /**
         * What a history is like.
         *
         * @param silent the share of responses that tell nothing, 0 to 1
         * @param brokenOff the share of attempts that break off, 0 to 1
         * @param others whether others use the limit too
         * @param largest the most that one use takes
         */
        record Shape(double silent, double brokenOff, boolean others, long largest) {}

        private record Event(long at, long order, Runnable what) {}

        private static final class Attempt {
            private final long begun;
            private final long amount;
            private final long reportedBegun;
            private final boolean doubtful;
            private final long endedBefore;
            private @Nullable Use use;
            private long remaining;
            private long resetNanos;

            Attempt(long begun, long amount, long reportedBegun, boolean doubtful, long endedBefore) {
                this.begun = begun;
                this.amount = amount;
                this.reportedBegun = reportedBegun;
                this.doubtful = doubtful;
                this.endedBefore = endedBefore;
            }
        }

        ReportedHistory(
                SplittableRandom random,
                ServiceModel service,
                long amount,
                long windowNanos,
                long longestFlightNanos,
                Shape shape) {
            this.random = random;
            this.service = service;
            this.bucket = service instanceof ServiceModel.Bucket;
            this.amount = amount;
            this.windowNanos = windowNanos;
            this.longestFlightNanos = longestFlightNanos;
            this.shape = shape;
        }

        /** Lets prompts come for some windows, and everything end. Returns itself. */
        ReportedHistory run(int windows, long gapNanos) {
            long end = windows * windowNanos;
            for (long at = 0; at < end; at += 1 + random.nextLong(gapNanos)) {
                at(at, this::ask);
            }
            if (shape.others()) {
                for (long at = 0; at < end; at += 1 + random.nextLong(4 * gapNanos)) {
                    at(at, this::useOfOthers);
                }
            }
            while (!events.isEmpty()) {
                Event event = events.remove();
                now = event.at();
                event.what().run();
            }
            return this;
        }

        List<String> exceeded() {
            return exceeded;
        }

        int begun() {
            return begun;
        }

        private void at(long moment, Runnable what) {
            events.add(new Event(moment, scheduled++, what));
        }

        private void useOfOthers() {
            if (service.remaining(now) >= 1) {
                service.arrive(1, now);
                othersAt = now;
            }
        }

        private void ask() {
            long wanted = 1 + random.nextLong(shape.largest());
            boolean room = quota == null ? underWay.size() < FIRST_AT_ONCE : quota.waitNanos(wanted, now) == 0;
            if (room) {
                begin(new Attempt(now, wanted, reportedBegun, quota == null, endedTotal));
            }
        }

        private void begin(Attempt attempt) {
            begun++;
            underWay.add(attempt);
            if (quota != null) {
                attempt.use = quota.reserve(attempt.amount, now);
            }
            long total = 2 + random.nextLong(longestFlightNanos - 1);
            long arrives = 1 + random.nextLong(total - 1);
            at(now + arrives, () -> arrive(attempt));
            if (quota != null && random.nextDouble() < shape.brokenOff()) {
                at(now + random.nextLong(total), () -> breakOff(attempt, attempt.begun + total));
            } else {
                at(now + total, () -> answer(attempt));
            }
        }

        private void arrive(Attempt attempt) {
            if (service.remaining(now) >= attempt.amount - ROUNDING) {
                service.arrive(attempt.amount, now);
            } else if (!isExcused(attempt)) {
                exceeded.add("at " + now + " " + attempt.amount + " of " + service.remaining(now));
            }
            attempt.remaining = Math.max(0, (long) service.remaining(now));
            attempt.resetNanos = service.resetNanos(now);
        }

        /**
         * Others may use what is left while an attempt is under way; what they used earlier some attempt begun since
         * must have told.
         */
        private boolean isExcused(Attempt attempt) {
            return attempt.doubtful || othersAt >= attempt.reportedBegun;
        }

        private void breakOff(Attempt attempt, long latestArrival) {
            underWay.remove(attempt);
            endedTotal += attempt.amount;
            if (attempt.use != null) {
                attempt.use.lost(latestArrival, now);
            }
        }

        private void answer(Attempt attempt) {
            boolean tells = random.nextDouble() >= shape.silent();
            if (quota == null && tells) {
                quota = learn(attempt);
            }
            underWay.remove(attempt);
            endedTotal += attempt.amount;
            if (attempt.use != null && quota != null) {
                attempt.use.arrived(now);
                if (tells) {
                    reportedBegun = Math.max(reportedBegun, attempt.begun);
                    quota.report(attempt.use, amount, attempt.remaining, attempt.resetNanos, now);
                }
            }
        }

        /** Begins to count: what is under way, and what ended while the attempt that tells of the limit was. */
        private ReportedQuota learn(Attempt attempt) {
            ReportedQuota learned =
                    bucket ? new TokenBucket(amount, Duration.ofNanos(windowNanos), now) : new FixedWindow(amount);
            for (Attempt other : underWay) {
                other.use = learned.reserve(other.amount, other.begun, now);
            }
            learned.reserve(endedTotal - attempt.endedBefore, now).lost(now + longestFlightNanos, now);
            return learned;
        }
    }
}
