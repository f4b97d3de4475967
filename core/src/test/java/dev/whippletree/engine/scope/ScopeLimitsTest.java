package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Pace;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Declared limits, reported ones and a rate found by trial, of one scope beside each other. */
final class ScopeLimitsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = 60 * SECOND;

    private final ScopeState organization = new ScopeState(Scope.of("organization"));
    private final ScopeState model = new ScopeState(Scope.of("organization", "model"));
    private final ScopeLimits limits = organization.limits();

    private CallUse call(long now) {
        return new CallUse(organization, model, TokenCount.NONE, now);
    }

    private CallUse call(long now, RateLimitReport told, long answered) {
        CallUse call = call(now);
        call.arrived(answered);
        call.report(organization, told, answered);
        call.end(answered, Optional.empty(), answered);
        return call;
    }

    private void declare(Limit.Unit unit, long amount, long windowNanos) {
        limits.declare(List.of(new Limit(unit, amount, Duration.ofNanos(windowNanos))), 0);
    }

    private static RateLimitReport told(Refill refill, long amount, long left, long resetNanos) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                OptionalLong.of(amount),
                OptionalLong.of(left),
                Optional.empty(),
                refill,
                Optional.of(Duration.ofNanos(resetNanos)));
    }

    private List<LimitSource> sources() {
        return limits.counters().stream().map(LimitCounter::source).toList();
    }

    private long left(long now) {
        return limits.counters().get(0).quota().left(now);
    }

    @Test
    void slidingWindowThatIsDeclared_isNoSecondLimit_andWhatOthersUsedCounts() {
        declare(Limit.Unit.REQUESTS, 60, MINUTE);
        call(0, told(Refill.ONE_BY_ONE, 60, 50, MINUTE), SECOND);
        assertThat(sources()).containsExactly(LimitSource.DECLARED);
        assertThat(left(SECOND)).isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource({"50, 60", "60, 30"})
    void slidingWindowOfAnotherAmountOrLength_isALimitOfItsOwn(long amount, long seconds) {
        declare(Limit.Unit.REQUESTS, 60, MINUTE);
        call(0, told(Refill.ONE_BY_ONE, amount, amount - 1, seconds * SECOND), SECOND);
        assertThat(sources()).containsExactly(LimitSource.DECLARED, LimitSource.REPORTED);
    }

    @Test
    void slidingWindow_hasTheAmountThatWasReportedLast() {
        call(0, told(Refill.ONE_BY_ONE, 3, 2, MINUTE), SECOND);
        call(SECOND, told(Refill.ONE_BY_ONE, 9, 7, MINUTE), 2 * SECOND);
        assertThat(left(2 * SECOND)).isEqualTo(7);
        assertThat(limits.counters().get(0).quota().amount()).isEqualTo(9);
    }

    /** Three reports tell a sliding window from the fixed one that it is taken for at first. */
    @Test
    void slidingWindowThatWasTakenForAFixedOne_hasUsedWhatThatKnewToBeUsed() {
        call(0, told(Refill.UNSAID, 100, 99, MINUTE), SECOND);
        call(2 * SECOND, told(Refill.UNSAID, 100, 40, MINUTE), 3 * SECOND);
        call(4 * SECOND, told(Refill.UNSAID, 100, 50, MINUTE), 5 * SECOND);
        assertThat(limits.counters()).noneMatch(counter -> counter.quota() instanceof SlidingWindow);
        call(6 * SECOND, told(Refill.UNSAID, 100, 70, MINUTE), 7 * SECOND);
        assertThat(limits.counters())
                .singleElement()
                .satisfies(counter -> assertThat(counter.quota()).isInstanceOf(SlidingWindow.class));
        assertThat(left(7 * SECOND)).isEqualTo(49);
    }

    /** The report that tells of the limit may be older than the arrival of a call that is still under way. */
    @Test
    void limitIsLearned_whatHadArrivedBefore_isInTheReportsOfLaterCalls() {
        CallUse early = call(0);
        early.arrived(SECOND);
        call(2 * SECOND, told(Refill.AT_ONCE, 9, 7, MINUTE), 3 * SECOND);
        call(4 * SECOND, told(Refill.AT_ONCE, 9, 6, MINUTE), 5 * SECOND);
        assertThat(left(5 * SECOND)).isEqualTo(6);
    }

    @Test
    void rateFoundByTrial_holdsUntilALimitOfRequestsIsDeclaredOrReported() {
        limits.keep(new Pace(1e-9, 1, 0));
        declare(Limit.Unit.TOKENS, 1_000, MINUTE);
        assertThat(sources()).containsExactlyInAnyOrder(LimitSource.DECLARED, LimitSource.LEARNED);
        declare(Limit.Unit.REQUESTS, 10, MINUTE);
        assertThat(sources()).containsExactly(LimitSource.DECLARED);

        limits.keep(new Pace(1e-9, 1, 0));
        call(0, told(Refill.AT_ONCE, 9, 7, MINUTE), SECOND);
        assertThat(sources()).containsExactly(LimitSource.DECLARED, LimitSource.REPORTED);
    }

    /** A first flight counts by an eighth, and a window lasts eight flights at least. */
    @ParameterizedTest
    @CsvSource({"9, 10, false", "11, 10, true", "59, 60, false", "61, 60, true"})
    void declaredWindowThatReportsOutlast_isCountedHereAlone(long flight, long window, boolean alone) {
        declare(Limit.Unit.REQUESTS, 10, window * SECOND);
        call(0, told(Refill.AT_ONCE, 10, 9, window * SECOND), flight * SECOND);
        assertThat(sources().contains(LimitSource.REPORTED)).isEqualTo(!alone);
    }

    @Test
    void othersUseALimit_whatIsUnderWayMayShowThatMoreIsLeft() {
        call(0, told(Refill.AT_ONCE, 100, 90, MINUTE), SECOND);
        limits.counters().get(0).margin().refused(1, 100);
        limits.counters().get(0).margin().refused(1, 100);
        assertThat(limits.mayFitSooner()).as("nothing is under way").isFalse();
        call(SECOND);
        assertThat(limits.mayFitSooner()).isTrue();
    }

    @Test
    void nobodyElseUsesALimit_nothingFitsSooner() {
        call(0, told(Refill.AT_ONCE, 100, 90, MINUTE), SECOND);
        call(SECOND);
        assertThat(limits.mayFitSooner()).isFalse();
    }
}
