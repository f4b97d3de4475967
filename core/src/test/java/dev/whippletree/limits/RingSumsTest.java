package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against adding up slot by slot. */
final class RingSumsTest {

    private static final int SLOTS = 32;

    private final RingSums sums = new RingSums(SLOTS);
    private final long[] amounts = new long[SLOTS];

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sumsAndWhereTheyAreReached_areThoseOfAddingUp(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 2_000; step++) {
            int slot = random.nextInt(SLOTS);
            amounts[slot] = random.nextInt(4) == 0 ? 0 : random.nextLong(1_000);
            sums.set(slot, amounts[slot]);
            int from = random.nextInt(SLOTS);
            int count = random.nextInt(SLOTS + 1);
            assertThat(sums.sum(from, count)).as("seed %s", seed).isEqualTo(sum(from, count));
            long all = sum(from, SLOTS);
            if (all > 0) {
                long goal = 1 + random.nextLong(all);
                int below = sums.countBelow(from, goal);
                assertThat(sum(from, below)).as("seed %s", seed).isLessThan(goal);
                assertThat(sum(from, below + 1)).as("seed %s", seed).isGreaterThanOrEqualTo(goal);
            }
        }
    }

    private long sum(int from, int count) {
        long sum = 0;
        for (int index = 0; index < count; index++) {
            sum += amounts[(from + index) % SLOTS];
        }
        return sum;
    }
}
