package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.limits.learning.RefusalCause.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RefusalCauseTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long NONE = Long.MIN_VALUE;

    private final RefusalCause refusals = new RefusalCause();
    private long now;
    private boolean paced;

    /** A call that is admitted, a hundred milliseconds after the last. */
    private void admitted(int calls) {
        for (int call = 0; call < calls; call++) {
            now += 100 * MILLI;
            refusals.admitted(now - 10 * MILLI);
        }
    }

    /** A call that is refused, a hundred milliseconds after the last. */
    private Verdict refused() {
        now += 100 * MILLI;
        return refusals.refused(now - 10 * MILLI, NONE, paced, now);
    }

    private Verdict refusedEvery(int calls, int times) {
        Verdict cause = Verdict.CHANCE;
        for (int time = 0; time < times && cause == Verdict.CHANCE; time++) {
            admitted(calls - 1);
            cause = refused();
        }
        return cause;
    }

    @Test
    void oneRefusalAmongManyAnswers_isChance() {
        admitted(50);
        assertThat(refused()).isEqualTo(Verdict.CHANCE);
        admitted(50);
        assertThat(refused()).isEqualTo(Verdict.CHANCE);
    }

    @Test
    void refusedOneAfterTheOther_withNothingAdmittedMeanwhile_isALimit() {
        admitted(50);
        assertThat(refused()).isEqualTo(Verdict.CHANCE);
        refused();
        refused();
        assertThat(refused()).isEqualTo(Verdict.LIMIT);
    }

    @Test
    void callUnderWayForLongerThanRefusalsTake_isAsGoodAsAdmitted() {
        admitted(50);
        for (int call = 0; call < 20; call++) {
            now += 100 * MILLI;
            assertThat(refusals.refused(now - 10 * MILLI, now - 50 * MILLI, paced, now))
                    .isNotEqualTo(Verdict.LIMIT);
        }
    }

    @Test
    void refusalsTake_aQuarterLessThanWhatIsCertain_andTheSlowestIsForgottenBitByBit() {
        refusals.took(100);
        assertThat(refusals.certainNanos()).isEqualTo(125);
        refusals.took(10);
        assertThat(refusals.certainNanos()).isEqualTo(118);
        for (int time = 0; time < 60; time++) {
            refusals.took(8);
        }
        assertThat(refusals.certainNanos()).isEqualTo(10);
    }

    @Test
    void admittedIsWhatWasAnswered_orHasLasted_andCountsSinceTheDoubtBegan() {
        assertThat(refusals.hasAdmitted(NONE)).isFalse();
        assertThat(refusals.hasAdmitted(0)).isTrue();
        admitted(3);
        assertThat(refusals.hasAdmitted(NONE)).isTrue();
        assertThat(refusals.doubtedSince()).isEqualTo(NONE);
        assertThat(refusals.admittedSinceDoubt()).isZero();
        refused();
        assertThat(refusals.doubtedSince()).isEqualTo(now);
        refusals.admitted(now - 1);
        admitted(2);
        assertThat(refusals.admittedSinceDoubt()).isEqualTo(2);
        for (int call = 0; call < 8; call++) {
            refused();
        }
        assertThat(refusals.doubtedSince()).as("it is a limit").isEqualTo(NONE);
    }

    @Test
    void whatWasRefusedLongAgo_countsForLittle() {
        for (int time = 0; time < 600; time++) {
            admitted(4);
            refused();
        }
        admitted(3_000);
        assertThat(refused()).isNotEqualTo(Verdict.LIMIT);
        assertThat(refused()).isEqualTo(Verdict.LIMIT);
    }

    @Test
    void callsThatOthersMayYetOutlive_areNoRow() {
        admitted(50);
        now += 100 * MILLI;
        for (int call = 0; call < 20; call++) {
            assertThat(refusals.refused(now - 10 * MILLI, NONE, paced, now)).isEqualTo(Verdict.CHANCE);
        }
    }

    @Test
    void manyRefusals_areDoubted_andSlowerCallsRefusedAsOften_tellThatItIsChance() {
        assertThat(refusedEvery(10, 100)).isEqualTo(Verdict.UNCLEAR);
        assertThat(refusedEvery(10, 10)).isEqualTo(Verdict.PROVEN_CHANCE);
        assertThat(refusedEvery(10, 1000)).as("for good").isEqualTo(Verdict.CHANCE);
    }

    @Test
    void share_isOfTheCallsBegunSince_fourFifthsAtMost() {
        RefusalShare share = new RefusalShare(5);
        share.count(4, true);
        share.count(5, false);
        share.count(5, true);
        share.count(6, true);
        assertThat(share.refusals()).isEqualTo(2);
        assertThat(share.admitted()).isEqualTo(1);
        assertThat(share.share()).isEqualTo(2 / 3.0);
        assertThat(Math.exp(share.evidence(0.5, 0.25))).isCloseTo(4 * 2 / 3.0, within(1e-9));
        share.halve();
        assertThat(share.calls()).isEqualTo(1.5);
        for (int call = 0; call < 9; call++) {
            share.count(7, true);
        }
        assertThat(share.share()).isEqualTo(0.8);
    }

    @Test
    void slowerCallsAreAllAdmitted_soItIsALimit() {
        refusedEvery(10, 100);
        admitted(100);
        paced = true;
        assertThat(refused()).isEqualTo(Verdict.LIMIT);
    }

    @Test
    void ratePacedAndRefusedNowAndThen_isALimits() {
        paced = true;
        for (int test = 0; test < 20; test++) {
            admitted(200);
            assertThat(refused()).isEqualTo(Verdict.LIMIT);
        }
    }

    @Test
    void ratePacedAndRefusedAllTheTime_isDoubted_andWhatSlowerCallsMeetTells() {
        paced = true;
        assertThat(refusedWhilePaced()).isEqualTo(Verdict.UNCLEAR);
        assertThat(refusedEvery(10, 10)).isEqualTo(Verdict.PROVEN_CHANCE);
    }

    private Verdict refusedWhilePaced() {
        Verdict cause = Verdict.LIMIT;
        for (int time = 0; time < 20 && cause == Verdict.LIMIT; time++) {
            admitted(9);
            cause = refused();
        }
        return cause;
    }

    @Test
    void halfRefused_rowsOfTwelveAreChance_andOneOfThirteenIsALimit() {
        while (refusedEvery(2, 1) != Verdict.PROVEN_CHANCE) {
            assertThat(now).isLessThan(1000 * 1000 * MILLI);
        }
        for (int call = 0; call < 12; call++) {
            assertThat(refused()).as("row of %s", call + 1).isEqualTo(Verdict.CHANCE);
        }
        assertThat(refused()).isEqualTo(Verdict.LIMIT);
    }

    /** Once a fifth is refused, a row of six is as unlikely as one of thirteen was before. */
    @Test
    void halfRefused_andLaterFewer_shortensTheRow() {
        while (refusedEvery(2, 1) != Verdict.PROVEN_CHANCE) {
            assertThat(now).isLessThan(1000 * 1000 * MILLI);
        }
        refusedEvery(5, 1_000);
        admitted(1);
        int row = 1;
        while (refused() != Verdict.LIMIT) {
            row++;
        }
        assertThat(row).isEqualTo(6);
    }

    @Test
    void halfRefusedByChance_isRefutedByTenAdmittedInARow() {
        while (refusedEvery(2, 1) != Verdict.PROVEN_CHANCE) {
            assertThat(now).isLessThan(1000 * 1000 * MILLI);
        }
        admitted(10);
        for (int call = 0; call < 7; call++) {
            assertThat(refused()).as("row of %s", call + 1).isEqualTo(Verdict.CHANCE);
        }
        assertThat(refused()).isEqualTo(Verdict.LIMIT);
    }
}
