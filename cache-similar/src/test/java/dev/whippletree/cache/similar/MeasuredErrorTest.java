package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MeasuredErrorTest {

    /** The textbook's cases: 0 of 10, 1 of 10, 5 of 10, 10 of 10. */
    @Test
    void interval_isClopperAndPearsons() {
        assertInterval(0, 10, 0, 0.3085);
        assertInterval(1, 10, 0.0025, 0.4450);
        assertInterval(5, 10, 0.1871, 0.8129);
        assertInterval(10, 10, 0.6915, 1);
    }

    private static void assertInterval(int wrong, int audits, double least, double most) {
        MeasuredError measured = new MeasuredError(1_000, 100, audits, wrong, 0);
        assertThat(measured.perHitAtLeast()).isCloseTo(least, within(0.0001));
        assertThat(measured.perHitAtMost()).isCloseTo(most, within(0.0001));
    }

    @Test
    void perRequest_isPerHitTimesTheShareOfHits() {
        MeasuredError measured = new MeasuredError(1_000, 400, 50, 5, 0);
        assertThat(measured.perHit()).isCloseTo(0.1, within(1e-9));
        assertThat(measured.perRequest()).isCloseTo(0.04, within(1e-9));
    }

    @Test
    void withoutAudits_nothingIsKnown() {
        MeasuredError measured = new MeasuredError(10, 0, 0, 0, 0);
        assertThat(measured.perHit()).isNaN();
        assertThat(measured.perHitAtLeast()).isZero();
        assertThat(measured.perHitAtMost()).isEqualTo(1);
        assertThat(measured.isAbove(0.01)).isFalse();
    }

    /** 40 of 1,000 called wrong: the true share is above 2.8 % in 39 of 40 cases. */
    @Test
    void hitsThatCallersCallWrong_countAgainstTheBound() {
        MeasuredError measured = new MeasuredError(1_000, 400, 50, 0, 40);
        assertThat(measured.isAbove(0.028)).isTrue();
        assertThat(measured.isAbove(0.03)).isFalse();
    }
}
