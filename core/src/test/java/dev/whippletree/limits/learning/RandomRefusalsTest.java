package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.learning.RandomRefusals.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RandomRefusalsTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long NONE = Long.MIN_VALUE;

    private final RandomRefusals random = new RandomRefusals();
    private long now;
    private boolean paced;

    /** A call that is let in, a hundred milliseconds after the last. */
    private void letIn(int calls) {
        for (int call = 0; call < calls; call++) {
            now += 100 * MILLI;
            random.letIn(now - 10 * MILLI);
        }
    }

    /** A call that is refused, a hundred milliseconds after the last. */
    private Cause refused() {
        now += 100 * MILLI;
        return random.refused(now - 10 * MILLI, NONE, paced, now);
    }

    private Cause refusedEvery(int calls, int times) {
        Cause cause = Cause.CHANCE;
        for (int time = 0; time < times && cause == Cause.CHANCE; time++) {
            letIn(calls - 1);
            cause = refused();
        }
        return cause;
    }

    @Test
    void oneRefusalAmongManyAnswers_isChance() {
        letIn(50);
        assertThat(refused()).isEqualTo(Cause.CHANCE);
        letIn(50);
        assertThat(refused()).isEqualTo(Cause.CHANCE);
    }

    @Test
    void refusedOneAfterTheOther_withNothingLetInMeanwhile_isALimit() {
        letIn(50);
        assertThat(refused()).isEqualTo(Cause.CHANCE);
        refused();
        refused();
        assertThat(refused()).isEqualTo(Cause.LIMIT);
    }

    @Test
    void callUnderWayForLongerThanRefusalsTake_isAsGoodAsLetIn() {
        letIn(50);
        for (int call = 0; call < 20; call++) {
            now += 100 * MILLI;
            assertThat(random.refused(now - 10 * MILLI, now - 50 * MILLI, paced, now))
                    .isNotEqualTo(Cause.LIMIT);
        }
    }

    @Test
    void callsThatOthersMayYetOutlive_areNoRow() {
        letIn(50);
        now += 100 * MILLI;
        for (int call = 0; call < 20; call++) {
            assertThat(random.refused(now - 10 * MILLI, NONE, paced, now)).isEqualTo(Cause.CHANCE);
        }
    }

    @Test
    void manyRefusals_areDoubted_andSlowerCallsRefusedAsOften_tellThatItIsChance() {
        assertThat(refusedEvery(10, 100)).isEqualTo(Cause.DOUBT);
        assertThat(refusedEvery(10, 10)).isEqualTo(Cause.NO_LIMIT);
        assertThat(refusedEvery(10, 1000)).as("for good").isEqualTo(Cause.CHANCE);
    }

    @Test
    void slowerCallsAreAllLetIn_soItIsALimit() {
        refusedEvery(10, 100);
        letIn(100);
        paced = true;
        assertThat(refused()).isEqualTo(Cause.LIMIT);
    }

    @Test
    void ratePacedAndRefusedNowAndThen_isALimits() {
        paced = true;
        for (int test = 0; test < 20; test++) {
            letIn(200);
            assertThat(refused()).isEqualTo(Cause.LIMIT);
        }
    }

    @Test
    void ratePacedAndRefusedAllTheTime_isDoubted_andWhatSlowerCallsMeetTells() {
        paced = true;
        assertThat(refusedWhilePaced()).isEqualTo(Cause.DOUBT);
        assertThat(refusedEvery(10, 10)).isEqualTo(Cause.NO_LIMIT);
    }

    @Test
    void limitThatHalves_isDoubted_butSlowerCallsAreLetIn() {
        paced = true;
        assertThat(refusedWhilePaced()).isEqualTo(Cause.DOUBT);
        letIn(100);
        assertThat(refused()).isEqualTo(Cause.LIMIT);
    }

    private Cause refusedWhilePaced() {
        Cause cause = Cause.LIMIT;
        for (int time = 0; time < 20 && cause == Cause.LIMIT; time++) {
            letIn(9);
            cause = refused();
        }
        return cause;
    }

    @Test
    void shareThatWasFound_isRefutedByALongRowOfCallsLetIn() {
        refusedEvery(10, 100);
        assertThat(refusedEvery(10, 10)).isEqualTo(Cause.NO_LIMIT);
        letIn(200);
        paced = true;
        assertThat(refused()).isEqualTo(Cause.LIMIT);
    }

    @Test
    void halfRefused_rowsOfSeveralAreChance_andOneOfThirtyIsALimit() {
        while (refusedEvery(2, 1) != Cause.NO_LIMIT) {
            assertThat(now).isLessThan(1000 * 1000 * MILLI);
        }
        for (int call = 0; call < 10; call++) {
            assertThat(refused()).isEqualTo(Cause.CHANCE);
        }
        for (int call = 0; call < 19; call++) {
            refused();
        }
        assertThat(refused()).isEqualTo(Cause.LIMIT);
    }
}
