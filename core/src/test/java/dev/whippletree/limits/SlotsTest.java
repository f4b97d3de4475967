package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against taking each slot again as soon as it is free, one after the other. */
final class SlotsTest {

    private static final long HOLD = 100;

    private final Slots slots = new Slots();
    private final Deque<Long> taken = new ArrayDeque<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void room_isWhatTakingEachSlotAgainComesTo(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int all = 1 + random.nextInt(40);
        long now = -random.nextLong(1_000);
        for (int step = 0; step < 2_000; step++) {
            now += random.nextLong(10);
            boolean takes = taken.isEmpty() || random.nextInt(10) < (taken.size() < all ? 6 : 2);
            if (takes) {
                slots.take(now);
                taken.add(now);
            } else {
                slots.free();
                taken.remove();
            }
            long ahead = random.nextLong(5 * HOLD);
            assertThat(slots.size()).as("seed %s, step %s", seed, step).isEqualTo(taken.size());
            assertThat(slots.roomWithin(ahead, all, all, HOLD, now))
                    .as("seed %s, step %s, %s ahead of %s", seed, step, ahead, now)
                    .isEqualTo(begunWithin(ahead, all, now));
        }
    }

    @Test
    void whileTheyGrow_eachThatIsFreedLetsTwoBegin_upToTheMost() {
        for (int number = 0; number < 4; number++) {
            slots.take(0);
        }
        assertThat(slots.roomWithin(HOLD - 1, 4, 1_000, HOLD, 0)).isZero();
        assertThat(slots.roomWithin(HOLD, 4, 1_000, HOLD, 0)).isEqualTo(8);
        assertThat(slots.roomWithin(2 * HOLD, 4, 1_000, HOLD, 0)).isEqualTo(24);
        assertThat(slots.roomWithin(2 * HOLD, 4, 6, HOLD, 0)).isEqualTo(slots.roomWithin(2 * HOLD, 6, 6, HOLD, 0));
        assertThat(slots.roomWithin(1_000 * HOLD, 5, 6, HOLD, 0)).isEqualTo(2 * 1_001 + 4 * 1_000);
    }

    private long begunWithin(long ahead, int all, long now) {
        PriorityQueue<Long> free = new PriorityQueue<>();
        taken.forEach(since -> free.add(Math.max(now, since + HOLD)));
        while (free.size() < all) {
            free.add(now);
        }
        long begun = 0;
        while (free.element() <= now + ahead) {
            free.add(free.remove() + HOLD);
            begun++;
        }
        return begun;
    }

    @Test
    void withoutAnAnswerYet_thereIsNoBound() {
        slots.take(0);
        assertThat(slots.roomWithin(0, 1, 1, 0, 0)).isGreaterThan(1_000_000_000_000L);
    }
}
