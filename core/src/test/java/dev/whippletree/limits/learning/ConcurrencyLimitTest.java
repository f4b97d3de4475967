package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ConcurrencyLimitTest {

    private final ConcurrencyLimit search = new ConcurrencyLimit(64);
    private long now;

    private void admitted(int calls, int underWay) {
        for (int call = 0; call < calls; call++) {
            now += 10;
            search.admitted(underWay, now);
        }
    }

    private boolean refused(int underWay) {
        now += 10;
        return refused(underWay, now, ++now);
    }

    /** Returns whether the refusal is put down to how many were under way. */
    private boolean refused(int underWay, long begun, long at) {
        boolean explained = search.explains(underWay, begun);
        search.refused(underWay, begun, at);
        return explained;
    }

    @Test
    void startsWithFour_andDoublesWithEachRound() {
        assertThat(search.allowed()).isEqualTo(4);
        admitted(4, 4);
        assertThat(search.allowed()).isEqualTo(8);
        admitted(100, 8);
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void refusedWithMoreThanAnyOfMany_setsACeilingAndGrowsBeyondIt() {
        admitted(60, 20);
        assertThat(refused(21)).isTrue();
        assertThat(search.allowed()).isEqualTo(18);
        admitted(400, 20);
        assertThat(search.allowed()).isEqualTo(20);
        admitted(400, 22);
        assertThat(search.allowed()).isEqualTo(22);
    }

    @Test
    void callsWithFewUnderWay_sayNothingOfTheCeiling() {
        admitted(60, 20);
        refused(21);
        admitted(800, 17);
        assertThat(search.allowed()).isEqualTo(18);
    }

    @Test
    void refusedWithNoMoreThanGotIn_isAnotherReason() {
        admitted(60, 20);
        assertThat(refused(20)).isFalse();
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void refusedWithMoreThanMostAgainAndAgain_isEvidenceToo() {
        for (int time = 1; time <= 4; time++) {
            admitted(59, 1);
            admitted(1, 2);
            assertThat(refused(2)).as("time " + time).isEqualTo(time == 4);
        }
        assertThat(search.allowed()).isEqualTo(1);
    }

    @Test
    void refusedAsOftenWithManyAsWithFew_isAnotherReason() {
        SplittableRandom random = new SplittableRandom(1);
        int blamed = 0;
        for (int time = 0; time < 500; time++) {
            for (int call = 0; call < 100; call++) {
                admitted(1, 1 + random.nextInt(20));
            }
            blamed += refused(1 + random.nextInt(20)) ? 1 : 0;
        }
        assertThat(blamed).as("of 500, by chance").isLessThan(10);
    }

    @Test
    void callsBegunBefore_belongToTheSameCrowd() {
        admitted(60, 8);
        assertThat(refused(12, now + 12, now + 30)).isTrue();
        assertThat(refused(9, now + 9, now + 31)).isTrue();
        assertThat(search.allowed()).as("a tenth below 8").isEqualTo(7);
        assertThat(refused(1, now + 10, now + 32)).isTrue();
        assertThat(search.allowed()).as("one that was alone says nothing").isEqualTo(7);
    }

    @Test
    void whatWasUnderWayLongAgo_saysNothing() {
        admitted(60, 20);
        refused(21);
        admitted(128, 10);
        assertThat(refused(15)).as("more than any of the latest").isTrue();
        assertThat(search.allowed()).as("a tenth below 14").isEqualTo(13);
    }

    @Test
    void crowdOfMany_isTestedAgainOnlyAfterAsManyTimesTheCalls() {
        admitted(60, 20);
        search.refused(24, now + 24, now + 50);
        for (int underWay = 23; underWay >= 21; underWay--) {
            search.refused(underWay, now + underWay, now + 51);
        }
        now += 100;
        admitted(400, 20);
        assertThat(search.allowed()).as("after 400 of 1,600").isLessThan(20);
        admitted(1_200, 20);
        assertThat(search.allowed()).isEqualTo(20);
    }

    @Test
    void fewerRefusedAfterwards_ceilingIsForgotten() {
        admitted(60, 20);
        refused(21);
        for (int time = 0; time < 3; time++) {
            admitted(20, 15);
            assertThat(refused(15)).isFalse();
        }
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void callsBegunBeforeARefusal_raiseNothing() {
        search.refused(4, 50, 100);
        search.admitted(4, 99);
        assertThat(search.allowed()).isEqualTo(4);
        search.admitted(4, 100);
        assertThat(search.allowed()).isEqualTo(5);
    }

    @Test
    void otherBound_holdsFromNowOn_whetherOrNotANumberIsFound() {
        admitted(100, 8);
        search.limitTo(10);
        assertThat(search.allowed()).isEqualTo(10);
        search.limitTo(12);
        assertThat(search.allowed()).isEqualTo(10);
        admitted(60, 8);
        assertThat(search.allowed()).isEqualTo(12);
        assertThat(search.isGrowing()).isTrue();
        assertThat(refused(12)).isTrue();
        assertThat(search.isGrowing()).isFalse();
        assertThat(search.allowed()).isEqualTo(10);
        search.limitTo(6);
        assertThat(search.allowed()).isEqualTo(6);
        search.limitTo(64);
        assertThat(search.allowed()).isEqualTo(10);
    }

    @Test
    void withoutARate_startsAnewWithFew() {
        admitted(100, 8);
        search.startAnew();
        assertThat(search.allowed()).isEqualTo(4);
        search.startAnew();
        assertThat(search.allowed()).isEqualTo(2);
    }
}
