package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Quota.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of a sliding window, compared with what is slow and obvious. */
final class QuotaPropertiesTest {

    private static final long WINDOW = 1_000;
    private static final int STEPS = 400;
    private static final long LONGEST_TRANSIT = WINDOW / 10;

    /**
     * What is left is the amount less the uses that aren't known to have left the window; what is under way has left
     * when a whole window has passed after half of the lag. The wait is found by going from one moment at which a use
     * leaves to the next, taking what is free at each. Where a use may still arrive for a while, rounds overlap by that
     * while, and the quota may be off by it.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void slidingWindow_hasRoomAsAListOfAllUsesHas(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(200);
        long reserve = random.nextLong(amount);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        SlidingWindow lesser = new SlidingWindow(amount - reserve, Duration.ofNanos(WINDOW));
        // Half of the histories are of requests, each of which counts as one.
        WindowSteps steps = new WindowSteps(random, random.nextBoolean() ? 1 : 1 + random.nextLong(amount));
        List<Use> made = new ArrayList<>();
        List<Use> ofLesser = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            steps.goOn(quota, made, lesser, ofLesser);
            long now = steps.now;
            String when = "step " + step;
            assertThat(quota.left(now)).as(when).isEqualTo(Math.max(0, amount - steps.usedAt(now)));
            long lag = 2 * random.nextLong(WINDOW);
            long ahead = random.nextInt(4) == 0 ? WINDOW + lag / 2 - random.nextInt(2) : random.nextLong(4 * WINDOW);
            long used = ahead >= WINDOW + lag / 2 ? 0 : steps.usedAt(now + ahead);
            assertThat(quota.freeWithin(ahead, lag, now)).as(when).isEqualTo(Math.max(0, amount - used));
            assertThat(quota.roomWithin(ahead, reserve, now))
                    .as("%s: room beside %s, as if there were that much less", when, reserve)
                    .isEqualTo(lesser.roomWithin(ahead, 0, now));
            long sum = random.nextLong(3 * amount + 1);
            long wait = quota.waitNanos(sum, now);
            long taking = steps.waitByTaking(amount, sum);
            long doubt = steps.isInDoubt() ? LONGEST_TRANSIT : 0;
            assertThat(wait).as("%s: wait for %s", when, sum).isBetween(taking - doubt, taking + doubt);
            if (doubt == 0) {
                assertThat(quota.roomWithin(wait, 0, now)).as(when).isGreaterThanOrEqualTo(sum);
                assertThat(wait == 0 || quota.roomWithin(wait - 1, 0, now) < sum)
                        .as("%s: no room before", when)
                        .isTrue();
            }
        }
    }

    /**
     * A random history: uses are reserved, whether or not they fit, and sent, counted, lost, settled and released in
     * any order that callers may choose.
     */
    private static final class WindowSteps {

        private final SplittableRandom random;
        private final long largest;

        /** What is known of each use, in the order in which they were reserved. */
        private final List<Known> uses = new ArrayList<>();

        private long now;

        /** A use as a bookkeeper would note it. */
        private static final class Known {
            private long amount;
            private boolean dated;
            private boolean gone;
            private long date;
        }

        WindowSteps(SplittableRandom random, long largest) {
            this.random = random;
            this.largest = largest;
            this.now = -random.nextLong(5 * WINDOW);
        }

        /**
         * Lets one more thing happen, by the rules as {@link Use} says them: the earliest date counts, and what has
         * left the window stays as it was.
         */
        void goOn(Quota one, List<Use> ofOne, Quota other, List<Use> ofOther) {
            now += random.nextInt(3) == 0 ? 0 : random.nextLong(WINDOW / 20);
            int die = uses.isEmpty() ? 0 : random.nextInt(10);
            if (die < 4) {
                Known known = new Known();
                known.amount = 1 + random.nextLong(largest);
                uses.add(known);
                ofOne.add(one.reserve(known.amount, now));
                ofOther.add(other.reserve(known.amount, now));
                return;
            }
            int index = uses.size() - 1 - random.nextInt(Math.min(uses.size(), 12));
            long soon = now + random.nextLong(LONGEST_TRANSIT);
            long actual = random.nextLong(2 * largest);
            for (Use use : List.of(ofOne.get(index), ofOther.get(index))) {
                switch (die) {
                    case 4 -> use.sent(soon, now);
                    case 5 -> use.lost(soon, now);
                    case 6 -> use.settle(actual, now);
                    case 7 -> use.release(now);
                    default -> use.arrived(now);
                }
            }
            Known known = uses.get(index);
            known.gone |= known.dated && known.date <= now - WINDOW;
            if (known.gone) {
                return;
            }
            if (die == 6 || die == 7) {
                known.amount = die == 6 ? actual : 0;
                return;
            }
            long date = die > 5 ? now : soon;
            known.date = known.dated ? Math.min(known.date, date) : date;
            known.dated = true;
        }

        long usedAt(long moment) {
            return uses.stream()
                    .filter(use -> !use.dated || use.date > moment - WINDOW)
                    .mapToLong(use -> use.amount)
                    .sum();
        }

        long waitByTaking(long amount, long sum) {
            List<long[]> taken = new ArrayList<>();
            TreeSet<Long> moments = new TreeSet<>(List.of(now));
            for (Known use : uses) {
                long date = use.dated ? use.date : now;
                taken.add(new long[] {date, use.amount});
                moments.add(Math.max(now, date + WINDOW));
            }
            long moment = now;
            for (long missing = sum; missing > 0; ) {
                moment = moments.pollFirst();
                long since = moment - WINDOW;
                long used = taken.stream()
                        .filter(use -> use[0] > since)
                        .mapToLong(use -> use[1])
                        .sum();
                long more = Math.min(missing, Math.max(0, amount - used));
                missing -= more;
                taken.add(new long[] {moment, more});
                moments.add(moment + WINDOW);
            }
            return moment - now;
        }

        /** Returns whether some use may arrive later than now. */
        boolean isInDoubt() {
            return uses.stream().anyMatch(use -> use.dated && use.date > now);
        }
    }
}
