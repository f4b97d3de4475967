package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.pool.Route.RetryBudget;
import dev.whippletree.settings.Retries;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a purse into which sixteenths of a retry are put, tick by tick. */
final class RetryBudgetTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long TICK = SECOND / 128;
    private static final int PER_SECOND = 8;
    private static final int RETRY = 16;
    private static final int A_TICK = RETRY * PER_SECOND / 128;
    private static final int A_FLIGHT = RETRY / 4;
    private static final int SAVINGS = RETRY * PER_SECOND * 10;

    private final RetryBudget budget =
            new RetryBudget(new Retries(2, Duration.ZERO, Duration.ZERO, 0.25, PER_SECOND), 0);
    private int purse = SAVINGS;
    private long ticks;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatIsTaken_wasEarnedBefore_andNothingEarnedIsRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int usually = 1 + random.nextInt(3);
        for (int step = 0; step < 20_000; step++) {
            // What time brings is put in when somebody asks, so time is brought up to now before the flights' parts.
            ask(seed, step);
            int flights = random.nextInt(100) == 0 ? random.nextInt(1_000) : random.nextInt(usually);
            for (int flight = 0; flight < flights; flight++) {
                budget.earn();
                purse = Math.max(purse, Math.min(purse + A_FLIGHT, 2 * SAVINGS));
            }
            letPass(random.nextInt(50) == 0 ? random.nextInt(2_000) : random.nextInt(20));
            ask(seed, step);
        }
    }

    private void letPass(int more) {
        for (int tick = 0; tick < more; tick++) {
            purse = Math.max(purse, Math.min(purse + A_TICK, SAVINGS));
        }
        ticks += more;
    }

    private void ask(long seed, int step) {
        long wait = budget.takeOrWaitNanos(ticks * TICK);
        if (purse >= RETRY) {
            assertThat(wait).as("seed %s, step %s", seed, step).isZero();
            purse -= RETRY;
        } else {
            assertThat(wait)
                    .as("seed %s, step %s: wait of %s sixteenths", seed, step, RETRY - purse)
                    .isEqualTo((RETRY - purse) / A_TICK * TICK);
        }
    }
}
