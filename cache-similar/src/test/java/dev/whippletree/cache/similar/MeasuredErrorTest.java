package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        MeasuredError measured = new MeasuredError(1_000, 100, 50, 25, 0);
        assertThat(measured.perHit()).isCloseTo(0.5, within(1e-9));
        assertThat(measured.perRequest()).isCloseTo(0.05, within(1e-9));
        assertThat(measured.isAbove(0.035)).isTrue();
        assertThat(measured.isAbove(0.036)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"9, 10, 0, 0, 0", "10, 5, 0, 0, 6", "10, 5, 3, 4, 0", "10, 5, 3, -1, 0", "10, 5, 3, 0, -1"})
    void numbersThatDontFitEachOther_areRefused(int requests, int hits, int audits, int wrong, int calledWrong) {
        assertThatThrownBy(() -> new MeasuredError(requests, hits, audits, wrong, calledWrong))
                .hasMessageStartingWith("such numbers can't be");
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

    @Test
    void remarks_tellOfTheFiveScopesWithMostRequests_andOfWhatWasLost() {
        MeasuredError some = new MeasuredError(1_000, 400, 50, 5, 3);
        List<AnswerScope.Report> reports = new ArrayList<>();
        for (int scope = 0; scope < 7; scope++) {
            reports.add(new AnswerScope.Report("s" + scope, 0.5, false, new MeasuredError(scope, 0, 0, 0, 0), 0));
        }
        reports.add(new AnswerScope.Report("off", 0.5, true, some, 0));
        reports.add(new AnswerScope.Report("none", Double.POSITIVE_INFINITY, false, some, 2));
        reports.add(new AnswerScope.Report("all", 0.876, false, some, 1));

        assertThat(Remarks.of(reports, true, 0.01, 9, 8))
                .containsExactly(
                        "scope off: off: more than 1.0 % of requests got wrong answers; measuring anew",
                        "scope none: 1000 requests; no score keeps wrong answers within 1.0 % yet; 2 unjudged answers count as"
                                + " wrong",
                        "scope all: 1000 requests, 400 served from score 0.88 on, 50 audits; wrong 4.0 % of requests (1.3 % to"
                                + " 8.7 %), 10.0 % of hits (3.3 % to 21.8 %); 3 hits were called wrong; 1 unjudged answers count"
                                + " as wrong",
                        "scope s6: 6 requests, 0 served from score 0.50 on, 0 audits",
                        "scope s5: 5 requests, 0 served from score 0.50 on, 0 audits",
                        "5 more scopes with fewer requests",
                        "9 questions were skipped under load",
                        "8 verdicts were lost because the verifier failed or couldn't keep up; they count as wrong");
        assertThat(Remarks.of(reports.subList(0, 5), false, 0.01, 0, 0))
                .hasSize(5)
                .last()
                .isEqualTo("scope s0: 0 requests, 0 would have been served from score 0.50 on, 0 audits");
    }
}
