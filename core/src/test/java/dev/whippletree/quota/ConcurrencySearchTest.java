package dev.whippletree.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConcurrencySearchTest {

    private final ConcurrencySearch search = new ConcurrencySearch(64);
    private long now;

    private void letIn(int calls, int underWay) {
        for (int call = 0; call < calls; call++) {
            now += 10;
            search.begun(underWay, now);
            search.letIn(underWay, now);
        }
    }

    private boolean refused(int underWay) {
        now += 10;
        search.begun(underWay, now);
        return search.refused(underWay, now, ++now);
    }

    @Test
    void startsWithFour_andDoublesWithEachRound() {
        assertThat(search.allowed()).isEqualTo(4);
        letIn(4, 4);
        assertThat(search.allowed()).isEqualTo(8);
        letIn(100, 8);
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void neverMoreThanTheMost() {
        assertThat(new ConcurrencySearch(2).allowed()).isEqualTo(2);
    }

    @Test
    void refusedWithMoreThanAnyOfMany_setsACeilingAndGrowsBeyondIt() {
        letIn(60, 20);
        assertThat(refused(21)).isTrue();
        assertThat(search.allowed()).isEqualTo(18);
        letIn(400, 20);
        assertThat(search.allowed()).isEqualTo(20);
        letIn(400, 22);
        assertThat(search.allowed()).isEqualTo(22);
    }

    @Test
    void refusedWithNoMoreThanGotIn_isAnotherReason() {
        letIn(60, 20);
        assertThat(refused(20)).isFalse();
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void refusedAfterFew_isNoEvidence() {
        letIn(10, 20);
        assertThat(refused(21)).isFalse();
    }

    @Test
    void othersBegunWithAsManyJustBefore_areNoEvidenceThatTheyGetIn() {
        letIn(60, 8);
        search.begun(9, now + 10);
        search.begun(9, now + 20);
        assertThat(search.refused(9, now + 20, now + 40)).isTrue();
    }

    @Test
    void callsBegunBefore_belongToTheSameCrowd() {
        letIn(60, 8);
        for (int underWay = 9; underWay <= 12; underWay++) {
            search.begun(underWay, now + underWay);
        }
        assertThat(search.refused(12, now + 12, now + 30)).isTrue();
        assertThat(search.refused(9, now + 9, now + 31)).isTrue();
        assertThat(search.allowed()).as("a tenth below 8").isEqualTo(7);
    }

    @Test
    void callsBegunBefore_thatWereNoCrowd_areStillNone() {
        letIn(10, 20);
        search.begun(21, now + 1);
        assertThat(search.refused(21, now + 1, now + 20)).isFalse();
        assertThat(search.refused(20, now + 1, now + 21)).isFalse();
        assertThat(search.allowed()).isEqualTo(14);
    }

    @Test
    void whatWasUnderWayBeforeARefusal_saysNothingAfterIt() {
        letIn(60, 20);
        refused(21);
        letIn(60, 10);
        assertThat(refused(15)).as("more than any of the sixty since").isTrue();
        assertThat(search.allowed()).as("a tenth below 14").isEqualTo(13);
    }

    @Test
    void crowdOfMany_isTestedAgainOnlyAfterAsManyTimesTheCalls() {
        letIn(60, 20);
        for (int underWay = 21; underWay <= 24; underWay++) {
            search.begun(underWay, now + underWay);
        }
        search.refused(24, now + 24, now + 50);
        for (int underWay = 23; underWay >= 21; underWay--) {
            search.refused(underWay, now + underWay, now + 51);
        }
        now += 100;
        letIn(400, 20);
        assertThat(search.allowed()).as("after 400 of 1,600").isLessThan(20);
        letIn(1_200, 20);
        assertThat(search.allowed()).isEqualTo(20);
    }

    @Test
    void fewerRefusedSoonAfter_ceilingIsForgotten() {
        letIn(60, 20);
        refused(21);
        letIn(20, 15);
        assertThat(refused(15)).isFalse();
        assertThat(search.allowed()).isEqualTo(64);
    }

    @Test
    void withoutARate_startsAnewWithFew() {
        letIn(100, 8);
        search.startAnew();
        assertThat(search.allowed()).isEqualTo(4);
        search.startAnew();
        assertThat(search.allowed()).isEqualTo(2);
    }
}
