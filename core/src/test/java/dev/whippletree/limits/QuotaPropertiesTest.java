package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Quota.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of quotas, compared with what is slow and obvious. */
final class QuotaPropertiesTest {

    private static final long WINDOW = 1_000;
    private static final int STEPS = 400;
    private static final long LONGEST_TRANSIT = WINDOW / 10;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    /** What is left is the amount less the sum of the uses that aren't known to have left the window. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void slidingWindow_leavesWhatAListOfAllUsesLeaves(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(200);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        QuotaSteps steps = new QuotaSteps(random, WINDOW, largest(random, amount), true);
        List<Use> made = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(quota, made);
            long used = usedAt(steps, steps.now());
            assertThat(quota.left(steps.now())).as("step %s", step).isEqualTo(Math.max(0, amount - used));
        }
    }

    /**
     * The wait is found by going from one moment at which a use leaves to the next, taking what is free at each. Where
     * a use may still arrive for a while, rounds overlap by that while, and the quota may be off by it.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void slidingWindow_waitsAsLongAsTakingWhateverGetsFreeTakes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(200);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        QuotaSteps steps = new QuotaSteps(random, WINDOW, largest(random, amount), true);
        long reserve = random.nextLong(amount);
        SlidingWindow lesser = new SlidingWindow(amount - reserve, Duration.ofNanos(WINDOW));
        List<Use> made = new ArrayList<>();
        List<Use> ofLesser = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(quota, made);
            steps.follow(lesser, ofLesser);
            long ahead = random.nextLong(4 * WINDOW);
            assertThat(quota.roomWithin(ahead, reserve, steps.now()))
                    .as("step %s: room beside %s, as if there were that much less", step, reserve)
                    .isEqualTo(lesser.roomWithin(ahead, steps.now()));
            long sum = random.nextLong(3 * amount + 1);
            long wait = quota.waitNanos(sum, steps.now());
            long taking = waitByTaking(steps, amount, sum);
            if (steps.isInDoubt()) {
                assertThat(wait)
                        .as("step %s: wait for %s", step, sum)
                        .isBetween(taking - LONGEST_TRANSIT, taking + LONGEST_TRANSIT);
                continue;
            }
            assertThat(wait).as("step %s: wait for %s", step, sum).isEqualTo(taking);
            assertThat(quota.roomWithin(wait, steps.now()))
                    .as("step %s: room after the wait", step)
                    .isGreaterThanOrEqualTo(sum);
            if (wait > 0) {
                assertThat(quota.roomWithin(wait - 1, steps.now()))
                        .as("step %s: room before", step)
                        .isLessThan(sum);
            }
        }
    }

    private static long usedAt(QuotaSteps steps, long moment) {
        return steps.uses().stream()
                .filter(use -> !use.dated() || use.date() > moment - WINDOW)
                .mapToLong(QuotaSteps.Known::amount)
                .sum();
    }

    private static long waitByTaking(QuotaSteps steps, long amount, long sum) {
        List<long[]> uses = new ArrayList<>();
        TreeSet<Long> moments = new TreeSet<>(List.of(steps.now()));
        for (QuotaSteps.Known use : steps.uses()) {
            long date = use.dated() ? use.date() : steps.now();
            uses.add(new long[] {date, use.amount()});
            moments.add(Math.max(steps.now(), date + WINDOW));
        }
        for (long missing = sum; missing > 0; ) {
            long moment = moments.first();
            moments.remove(moment);
            long used = uses.stream()
                    .filter(use -> use[0] > moment - WINDOW)
                    .mapToLong(use -> use[1])
                    .sum();
            long taken = Math.min(missing, Math.max(0, amount - used));
            missing -= taken;
            uses.add(new long[] {moment, taken});
            moments.add(moment + WINDOW);
            if (missing == 0) {
                return moment - steps.now();
            }
        }
        return 0;
    }

    /** In double arithmetic a moment may be off by a nanosecond. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void tokenBucket_waitIsTheFirstMomentAtWhichASumIsLeft_toANanosecond(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(50);
        Supplier<Quota> maker = () -> new TokenBucket(amount, Duration.ofNanos(WINDOW), -5 * WINDOW);
        Quota quota = maker.get();
        QuotaSteps steps = new QuotaSteps(random, WINDOW, largest(random, amount), false);
        List<Use> made = new ArrayList<>();
        int checked = 0;
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(quota, made);
            long now = steps.now();
            long sum = 1 + random.nextLong(amount);
            long wait = quota.waitNanos(sum, now);
            if (steps.hasLost()) {
                continue;
            }
            checked++;
            assertThat(steps.livedThrough(maker).left(now + wait + 1))
                    .as("step %s: left after the wait of %s", step, wait)
                    .isGreaterThanOrEqualTo(sum);
            if (wait > 1) {
                assertThat(steps.livedThrough(maker).left(now + wait - 2))
                        .as("step %s: left before the wait of %s was over", step, wait)
                        .isLessThan(sum);
            }
        }
        assertThat(checked).as("waits that could be checked").isGreaterThan(STEPS / 20);
    }

    /** What is under way has left when a whole window has passed after half of the lag. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void slidingWindow_freeIsWhatHasLeftByThen(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(200);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        QuotaSteps steps = new QuotaSteps(random, WINDOW, largest(random, amount), true);
        List<Use> made = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(quota, made);
            long lag = 2 * random.nextLong(WINDOW);
            long ahead = random.nextInt(4) == 0 ? WINDOW + lag / 2 - random.nextInt(2) : random.nextLong(3 * WINDOW);
            long used = ahead >= WINDOW + lag / 2 ? 0 : usedAt(steps, steps.now() + ahead);
            assertThat(quota.freeWithin(ahead, lag, steps.now()))
                    .as("step %s: free %s ahead", step, ahead)
                    .isEqualTo(Math.max(0, amount - used));
        }
    }

    /** One process ends when all it sent has arrived, another goes on from where it stood, some time later. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void tokenBucket_goesOnWhereItStood(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(50);
        checkGoingOn(random, amount, () -> new TokenBucket(amount, Duration.ofNanos(WINDOW), -5 * WINDOW));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fixedWindow_goesOnWhereItStood(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(50);
        checkGoingOn(random, amount, () -> {
            FixedWindow quota = new FixedWindow(amount);
            quota.report(quota.reserve(0, -6 * WINDOW), amount, amount, WINDOW, -6 * WINDOW);
            return quota;
        });
    }

    private static void checkGoingOn(SplittableRandom random, long amount, Supplier<ReportedQuota> maker) {
        ReportedQuota ended = maker.get();
        QuotaSteps steps = new QuotaSteps(random, WINDOW, largest(random, amount), false);
        List<Use> made = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(ended, made);
        }
        made.forEach(use -> use.arrived(steps.now()));
        // What was lost has arrived by now, whenever that was.
        long now = steps.now() + LONGEST_TRANSIT;
        ReportedQuota next = maker.get();
        ReportedQuota.Standing standing = ended.standing(now);
        next.resume(standing, now);
        assertThat(standing.ageNanos()).isBetween(LONGEST_TRANSIT, WINDOW);
        for (long later = now; later < now + 3 * WINDOW; later += 1 + random.nextLong(WINDOW / 10)) {
            // A bucket goes on from the whole tokens it holds.
            assertThat(next.left(later)).as("left").isBetween(ended.left(later) - 1, ended.left(later));
            assertThat(next.standing(later).ageNanos())
                    .isEqualTo(ended.standing(later).ageNanos());
            assertThat(next.standing(later).refillNanos())
                    .isEqualTo(ended.standing(later).refillNanos());
        }
        long sum = 1 + random.nextLong(3 * amount);
        next.reserve(amount, now + 3 * WINDOW);
        ended.reserve(amount, now + 3 * WINDOW);
        assertThat(next.waitNanos(sum, now + 3 * WINDOW))
                .as("wait")
                .isBetween(
                        ended.waitNanos(sum, now + 3 * WINDOW),
                        ended.waitNanos(sum, now + 3 * WINDOW) + WINDOW / amount + 1);
    }

    /** Half of the histories are of requests, each of which counts as one. */
    private static long largest(SplittableRandom random, long amount) {
        return random.nextBoolean() ? 1 : 1 + random.nextLong(amount);
    }

    /**
     * A random history of one quota, kept so that it can be lived through again by another one: uses are reserved,
     * whether or not they fit, and sent, counted, lost, settled and released in any order that callers may choose.
     */
    private static final class QuotaSteps {

        private final RandomGenerator random;
        private final long windowNanos;
        private final long largest;
        private final boolean settles;
        private final List<Step> steps = new ArrayList<>();

        /** What is known of each use, in the order in which they were reserved. */
        private final List<Known> uses = new ArrayList<>();

        private long now;

        /** Something that happened to a use; a reservation makes the next one. */
        private record Step(long at, Kind kind, int use, long value) {}

        private enum Kind {
            RESERVED,
            SENT,
            ARRIVED,
            LOST,
            SETTLED,
            RELEASED
        }

        /** A use as a bookkeeper would note it. */
        static final class Known {
            private long amount;
            private boolean dated;
            private boolean gone;
            private long date;
            private long lostUntil = Long.MIN_VALUE;

            long amount() {
                return amount;
            }

            boolean dated() {
                return dated;
            }

            long date() {
                return date;
            }
        }

        /**
         * Begins a history.
         *
         * @param windowNanos the quota's window
         * @param largest the most that one use asks for
         * @param settles whether amounts turn out to be others
         */
        QuotaSteps(RandomGenerator random, long windowNanos, long largest, boolean settles) {
            this.random = random;
            this.windowNanos = windowNanos;
            this.largest = largest;
            this.settles = settles;
            this.now = -random.nextLong(5 * windowNanos);
        }

        long now() {
            return now;
        }

        List<Known> uses() {
            return uses;
        }

        /** Lets one more thing happen, to the quota as well. */
        void goOn(Quota quota, List<Use> made) {
            now += random.nextInt(3) == 0 ? 0 : random.nextLong(windowNanos / 20);
            Step step = draw();
            steps.add(step);
            note(step);
            apply(step, quota, made);
        }

        /** Lets the same happen to another quota. */
        void follow(Quota other, List<Use> made) {
            apply(steps.get(steps.size() - 1), other, made);
        }

        private Step draw() {
            int die = random.nextInt(10);
            if (uses.isEmpty() || die < 4) {
                return new Step(now, Kind.RESERVED, uses.size(), 1 + random.nextLong(largest));
            }
            int use = uses.size() - 1 - random.nextInt(Math.min(uses.size(), 12));
            long soon = now + random.nextLong(windowNanos / 10);
            return switch (die) {
                case 4 -> new Step(now, Kind.SENT, use, soon);
                case 5 -> new Step(now, Kind.LOST, use, soon);
                case 6 -> new Step(now, settles ? Kind.SETTLED : Kind.ARRIVED, use, random.nextLong(2 * largest));
                case 7 -> new Step(now, Kind.RELEASED, use, 0);
                default -> new Step(now, Kind.ARRIVED, use, now);
            };
        }

        /**
         * The rules as {@link Use} says them: the earliest date counts, and what has left the window stays as it was.
         */
        private void note(Step step) {
            if (step.kind() == Kind.RESERVED) {
                Known use = new Known();
                use.amount = step.value();
                uses.add(use);
                return;
            }
            Known use = uses.get(step.use());
            use.gone |= use.dated && use.date <= now - windowNanos;
            switch (step.kind()) {
                case SENT, ARRIVED -> date(use, step.kind() == Kind.ARRIVED ? now : step.value());
                case LOST -> {
                    if (!use.dated) {
                        use.lostUntil = step.value();
                    }
                    date(use, step.value());
                }
                case SETTLED -> use.amount = use.gone ? use.amount : step.value();
                case RELEASED -> use.amount = use.gone ? use.amount : 0;
                case RESERVED -> {}
            }
        }

        private static void date(Known use, long date) {
            if (!use.dated || (!use.gone && date < use.date)) {
                use.dated = true;
                use.date = date;
            }
        }

        private static void apply(Step step, Quota quota, List<Use> made) {
            long at = step.at();
            if (step.kind() == Kind.RESERVED) {
                made.add(quota.reserve(step.value(), at));
                return;
            }
            Use use = made.get(step.use());
            switch (step.kind()) {
                case SENT -> use.sent(step.value(), at);
                case ARRIVED -> use.arrived(at);
                case LOST -> use.lost(step.value(), at);
                case SETTLED -> use.settle(step.value(), at);
                case RELEASED -> use.release(at);
                case RESERVED -> {}
            }
        }

        /**
         * Returns a new quota that has lived through all of this, and on which everything under way has arrived by now.
         */
        Quota livedThrough(Supplier<Quota> maker) {
            Quota quota = maker.get();
            List<Use> made = new ArrayList<>();
            steps.forEach(step -> apply(step, quota, made));
            made.forEach(use -> use.arrived(now));
            return quota;
        }

        /** Returns whether some use may arrive later than now. */
        boolean isInDoubt() {
            return uses.stream().anyMatch(use -> use.dated && use.date > now);
        }

        /** Returns whether some use may arrive later than now, and nobody will hear of it. */
        boolean hasLost() {
            return uses.stream().anyMatch(use -> use.lostUntil > now);
        }
    }
}
