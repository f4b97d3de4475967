package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.limits.FixedWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScopeStateTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ScopeState model = new ScopeState(Scope.of("organization", "model"));

    private static ScopeState organization(int requestsAMinute) {
        ScopeState organization = new ScopeState(Scope.of("organization"));
        Limit limit = new Limit(Limit.Unit.REQUESTS, requestsAMinute, Duration.ofMinutes(1));
        organization.limits().declare(List.of(limit), 0);
        return organization;
    }

    private CallUse call(ScopeState organization, long now) {
        return new CallUse(organization, model, TokenCount.NONE, now);
    }

    private static LimitRefusal refused(CallUse call, ScopeState scope, long now) {
        call.end(now, Optional.empty(), now);
        return call.refused(scope, OptionalLong.of(10 * SECOND), 0, false, now);
    }

    @Test
    void accountsComeIntoAnotherScope_theirAttemptsUnderWayUseThatOneTooUntilTheyEnd() {
        ScopeState from = new ScopeState(Scope.of("earlier"));
        ScopeState into = organization(2);
        CallUse call = call(from, 0);
        into.limits().takeOver(from.limits(), SECOND);
        assertThat(into.headroom(SECOND)).isEqualTo(0.5);
        call(into, 2 * SECOND);
        assertThat(into.waitNanos(TokenCount.NONE, 0, 2 * SECOND)).isPositive();
        call.release(3 * SECOND);
        assertThat(into.waitNanos(TokenCount.NONE, 0, 3 * SECOND)).isZero();
        assertThat(into.uses().reserved(Limit.Unit.REQUESTS)).isOne();
        assertThat(from.uses().reserved(Limit.Unit.REQUESTS)).isZero();
    }

    @Test
    void accountsComeIntoAnotherScope_theirAttemptsUnderWayUseWhatIsReportedOfIt_andReportOfItThemselves() {
        ScopeState from = new ScopeState(Scope.of("earlier"));
        ScopeState into = new ScopeState(Scope.of("organization"));
        CallUse first = call(into, 0);
        first.report(into, leftOfThree(2), SECOND);
        first.end(SECOND, Optional.empty(), SECOND);
        CallUse call = call(from, SECOND);

        into.limits().takeOver(from.limits(), 2 * SECOND);
        call(into, 2 * SECOND);

        assertThat(into.waitNanos(TokenCount.NONE, 0, 2 * SECOND)).isPositive();
        call.report(into, leftOfThree(1), 3 * SECOND);
        assertThat(into.waitNanos(TokenCount.NONE, 0, 3 * SECOND)).isPositive();
    }

    private static RateLimitReport leftOfThree(long left) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                OptionalLong.of(3),
                OptionalLong.of(left),
                Optional.empty(),
                RateLimitReport.Refill.AT_ONCE,
                Optional.of(Duration.ofMinutes(1)));
    }

    @Test
    void sumOfAllThatWasEverReserved_overflows_andWhatIsUnderWayIsKnownAllTheSame() {
        ScopeState organization = new ScopeState(Scope.of("organization"));
        TokenCount many = new TokenCount(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4);
        for (int call = 0; call < 9; call++) {
            new CallUse(organization, model, many, 0).release(0);
        }
        new CallUse(organization, model, new TokenCount(3, 4), 0);
        assertThat(organization.uses().reserved(Limit.Unit.INPUT_TOKENS)).isEqualTo(3);
        assertThat(organization.uses().reserved(Limit.Unit.TOKENS)).isEqualTo(7);
    }

    @Test
    void refusalAfterThePauseThatWasTold_opensForOneCallOnly() {
        ScopeState organization = new ScopeState(Scope.of("organization"));
        LimitRefusal first = refused(call(organization, 0), organization, 1);
        assertThat(first)
                .isEqualTo(new LimitRefusal(
                        10 * SECOND + 1, false, false, LimitRefusal.RateEffect.UNKNOWN, Optional.empty()));
        long again = first.untilNanos();
        LimitRefusal second = refused(call(organization, again), organization, again + 1);
        assertThat(second.halfOpen()).isTrue();
        call(organization, second.untilNanos()).admitted(second.untilNanos() + 1);
        assertThat(organization.refusesAll()).isFalse();
        assertThat(organization.refusesStill()).isFalse();
    }

    @Test
    void refusal_doubtsTheTransitOnlyIfAnswersCameSoLateThatItExplainsTheRefusal() {
        assertThat(refusedAfterAnAnswer(SECOND).doubtsTransit()).isFalse();
        assertThat(refusedAfterAnAnswer(30 * SECOND).doubtsTransit()).isTrue();
    }

    private LimitRefusal refusedAfterAnAnswer(long answered) {
        ScopeState organization = organization(1);
        CallUse first = call(organization, 0);
        first.sent(2 * SECOND, 0);
        first.arrived(answered);
        first.end(answered, Optional.empty(), answered);
        long again = 63 * SECOND;
        assertThat(organization.waitNanos(TokenCount.NONE, 0, again)).isZero();
        return refused(call(organization, again), organization, again);
    }

    private static final long LIMIT = 160;

    @Test
    void limitThatOthersUse_hasLessRoom_alsoForWhatIsUnderWay() {
        LimitCounter counter = new LimitCounter(Limit.Unit.REQUESTS, LimitSource.REPORTED, new FixedWindow(LIMIT));
        assertThat(counter.waitNanos(LIMIT, 0, 4, 0)).isZero();
        counter.quota().reserve(10, 0);
        counter.margin().refused(1, LIMIT);
        counter.margin().refused(1, LIMIT);
        assertThat(counter.waitNanos(LIMIT - 10 - 2 - 4, 0, 4, 0)).isZero();
        assertThat(counter.waitNanos(LIMIT - 10 - 2 - 3, 0, 4, 0)).isPositive();
        assertThat(counter.left(0)).isEqualTo(2);
        assertThat(counter.left(0.1)).as("the larger of both").isEqualTo(16);
    }

    @Test
    void callThatAsksForAll_waitsOnlyUntilNothingIsUsed() {
        LimitCounter counter = new LimitCounter(Limit.Unit.REQUESTS, LimitSource.REPORTED, new FixedWindow(LIMIT));
        counter.margin().refused(1, LIMIT);
        assertThat(counter.waitNanos(LIMIT, 0, 4, 0)).isZero();
    }

    @Test
    void pauseOfOurOwn_isNoStatedTime_untilTheServiceSaysOne() {
        Closure closure = new Closure();
        closure.closeUntil(10, 0, "no wait stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(Waits.NONE);
        closure.closeUntil(20, 0, "no wait stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(Waits.NONE);
        closure.closeUntil(15, "stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(20);
        closure.closeUntil(30, 0, "no wait stated", 0);
        assertThat(closure.statedNanos(20)).isEqualTo(Waits.NONE);
        closure.closeUntil(60, 55, "refused again and again", 50);
        assertThat(closure.statedNanos(54)).as("a pause longer than stated").isEqualTo(6);
        assertThat(closure.statedNanos(55)).isEqualTo(Waits.NONE);
        closure.closeUntilMended("no credit", 50, false, SECOND, 50);
        assertThat(closure.statedNanos(50)).as("nobody knows when").isEqualTo(Waits.NONE);
        closure.reopen(51);
        closure.closeUntil(70, 52, "no wait stated", 52);
        assertThat(closure.statedNanos(53))
                .as("what was stated before it opened")
                .isEqualTo(Waits.NONE);
    }

    @Test
    void theLatestKnownTimeWins_andAnUnknownOneIsCheckedAgainAfterASecond() {
        Closure closure = new Closure();
        assertThat(closure.closeUntil(10, "first", 0)).isTrue();
        assertThat(closure.closeUntil(5, "earlier", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(10);
        assertThat(closure.closeUntil(20, "later", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(20);
        assertThat(closeUntilMended(closure, 0, 0)).isTrue();
        assertThat(closure.closeUntil(50, "later still", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(SECOND)).isZero();
        assertThat(closure.takeReopened(SECOND))
                .as("before anything has proved it")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofUnknownEnd_isCheckedNoSoonerThanAKnownTimeAllows_toldBeforeOrLater(boolean later) {
        Closure closure = new Closure();
        long aDay = 86_400 * SECOND;
        if (later) {
            closeUntilMended(closure, 0, 0);
        }
        assertThat(closure.closeUntil(aDay, "the day's limit", 1)).isEqualTo(!later);
        if (!later) {
            assertThat(closeUntilMended(closure, 1, 1)).isTrue();
        }
        assertThat(closure.waitNanos(aDay - 1)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(aDay)).isZero();
        assertThat(closure.isProbing(aDay)).isTrue();
    }

    @Test
    void eachRefusedProbeDoublesTheTime_andAnAcceptedOneStartsAnew() {
        Closure closure = new Closure();
        long now = 0;
        for (long seconds : new long[] {1, 2, 4, 8, 10, 10}) {
            assertThat(closeUntilMended(closure, now, now)).isEqualTo(now == 0);
            assertThat(closure.until() - now).isEqualTo(seconds * SECOND);
            assertThat(closeUntilMended(closure, now - 1, now + SECOND))
                    .as("of a call that began before")
                    .isFalse();
            now = closure.until();
            assertThat(closure.waitNanos(now)).isZero();
            closure.begun("probe", now);
            assertThat(closure.waitNanos(now)).isEqualTo(Waits.UNTIL_EVENT);
        }
        assertThat(closure.ended("probe", true)).isTrue();
        assertThat(closure.isProbing(now)).isFalse();
        assertThat(closeUntilMended(closure, now, now)).isTrue();
        assertThat(closure.until() - now).isEqualTo(SECOND);
    }

    @Test
    void checkedNow_isProbedAtOnce_andItsChecksStartAnew() {
        Closure closure = new Closure();
        closeUntilMended(closure, 0, 0);
        closeUntilMended(closure, SECOND, SECOND);
        assertThat(closure.until()).isEqualTo(3 * SECOND);
        closure.checkNow(2 * SECOND);
        assertThat(closure.isProbing(2 * SECOND)).isTrue();
        closeUntilMended(closure, 2 * SECOND, 2 * SECOND);
        assertThat(closure.until()).isEqualTo(3 * SECOND);
        closure.closeUntil(9 * SECOND, "a limit", 4 * SECOND);
        closure.checkNow(5 * SECOND);
        assertThat(closure.until()).as("its end is known").isEqualTo(9 * SECOND);
    }

    @Test
    void closedByAnother_isCheckedWhenThatOneSaid_thenAfterAsLongAgain_andNobodyElseProbesIt() {
        Closure closure = new Closure();
        closure.resumeUntilMended(5 * SECOND, "no credit", 0);
        assertThat(closure.waitNanos(5 * SECOND - 1)).isEqualTo(Waits.UNKNOWN);
        closure.probedElsewhere(60 * SECOND);
        assertThat(closure.waitNanos(5 * SECOND)).isEqualTo(Waits.UNTIL_EVENT);
        closeUntilMended(closure, 5 * SECOND, 5 * SECOND);
        assertThat(closure.until()).isEqualTo(10 * SECOND);
        assertThat(closure.waitNanos(10 * SECOND)).isZero();
    }

    @Test
    void refusalsByOthers_holdForAsMuchAsWasRefusedOrMore_untilTheirTimes() {
        SharedLimits shared = model.shared();
        Limit limit = Limit.tokens(1_000, Duration.ofMinutes(1));
        List<long[]> refusals = List.of(new long[] {100, 10}, new long[] {50, 5}, new long[] {200, 8});
        refusals.forEach(
                refusal -> shared.refused(new LimitUse(model.scope(), "tokens", limit, refusal[0]), refusal[1], 0));
        shared.refused(new LimitUse(model.scope(), "requests", Limit.requests(9, Duration.ofMinutes(1)), 1), 2, 0);
        assertThat(List.of(40, 50, 99, 100, 300))
                .extracting(tokens -> shared.waitNanos(new TokenCount(tokens, 0), 1))
                .containsExactly(1L, 4L, 4L, 9L, 9L);
        assertThat(shared.waitNanos(new TokenCount(99, 0), 5)).isZero();
    }

    @Test
    void whatHasEndedSinceACallBegan_isCountedByItsUnit() {
        ScopeUses uses = new ScopeUses();
        ScopeUse first = uses.begin(new TokenCount(1, 2), 0);
        ScopeUse ended = uses.begin(new TokenCount(10, 20), 1);
        ScopeUse second = uses.begin(new TokenCount(100, 200), 2);
        uses.leave(ended);
        ScopeUse third = uses.begin(new TokenCount(1_000, 2_000), 3);
        for (ScopeUse before : List.of(first, second)) {
            assertThat(uses.endedSince(before, Limit.Unit.REQUESTS)).isEqualTo(1);
            assertThat(uses.endedSince(before, Limit.Unit.OUTPUT_TOKENS)).isEqualTo(20);
        }
        assertThat(uses.endedSince(third, Limit.Unit.TOKENS)).isZero();
        assertThat(uses.reserved(Limit.Unit.INPUT_TOKENS)).isEqualTo(1_101);
        assertThat(uses.othersBegan(second)).containsExactly(0, 3);
    }

    @Test
    void thatMayBeItsPromptsFault_isCheckedByTenPromptsInTurn() {
        Closure closure = new Closure();
        for (int now = 0; now < 18; now += 2) {
            closure.closeUntilMended("nothing is served here", now, true, 10 * SECOND, now);
            assertThat(closure.waitNanos(now)).isZero();
            assertThat(closure.isProbing(now)).isTrue();
            closure.begun("probe", now);
            assertThat(closure.waitNanos(now)).isEqualTo(Waits.UNTIL_EVENT);
            closure.ended("probe", false);
        }
        closure.closeUntilMended("nothing is served here", 18, true, 10 * SECOND, 19);
        assertThat(closure.until()).isEqualTo(19 + SECOND);
    }

    @Test
    void refusedThatBeganWhenItClosed_isNotCheckedSooner_thoughItsPromptMayBeAtFault() {
        Closure closure = new Closure();
        closeUntilMended(closure, 0, 5);
        assertThat(closure.closeUntilMended("forbidden", 5, true, 10 * SECOND, 6))
                .isFalse();
        assertThat(closure.until()).isEqualTo(5 + SECOND);
    }

    private static boolean closeUntilMended(Closure closure, long began, long now) {
        return closure.closeUntilMended("no credit", began, false, 10 * SECOND, now);
    }

    @Test
    void ofKnownEnd_tellsOnceThatItIsOpenAgain() {
        Closure closure = new Closure();
        closure.closeUntil(10, "a limit", 0);
        assertThat(closure.takeReopened(9)).isFalse();
        assertThat(closure.takeReopened(10)).isTrue();
        assertThat(closure.takeReopened(10)).isFalse();
    }

    @Test
    void opensForOne_untilThatIsAdmitted_orWasUnderWayForLong() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openHalf(SECOND);
        closure.begun("first", 10 * SECOND);
        assertThat(closure.isHalfOpen(10 * SECOND)).isTrue();
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
        assertThat(closure.isHalfOpen(11 * SECOND)).isFalse();
        assertThat(closure.waitNanos(11 * SECOND)).isZero();
        closure.openForAll();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.isHalfOpen(10 * SECOND)).isFalse();
    }

    @Test
    void opensForOne_whichIsRefusedForItsPrompt_thenForAnotherOne() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openHalf(SECOND);
        closure.begun("first", 10 * SECOND);
        closure.ended("first", true);
        assertThat(closure.waitNanos(10 * SECOND)).isZero();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
    }

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long REFUSAL = 20 * MILLI;

    private final ScopeLimits scopeLimits = new ScopeLimits(new ScopeUses());
    private final ScopeLearner learner = new ScopeLearner(scopeLimits);

    private LimitRefusal learns(long begun, long... others) {
        return learner.refused(new RefusedCall(
                new ScopeUse(TokenCount.NONE, begun),
                others,
                OptionalLong.of(SECOND),
                0,
                Optional.empty(),
                false,
                false,
                begun + REFUSAL));
    }

    private void admitted(int calls, long now) {
        for (int call = 0; call < calls; call++) {
            learner.begun(now);
            learner.admitted(new ScopeUse(TokenCount.NONE, now), now);
        }
    }

    private void declare(String limit, int used) {
        scopeLimits.declare(List.of(Limit.parse(limit)), 0);
        scopeLimits.counters().get(0).quota().reserve(used + 1, 0); // The refused call reserved as well.
    }

    @Test
    void callUnderWayForLongerThanRefusalsTake_showsThatThePauseWasLongEnough() {
        long opens = learns(0).untilNanos();
        long again = learns(opens, opens - 100 * MILLI).untilNanos();
        assertThat(learner.refusesStill()).as("one that began before it opened").isTrue();
        again = learns(again + REFUSAL, again).untilNanos();
        assertThat(learner.refusesStill()).as("one that may still be learns").isTrue();
        learns(again + 2 * REFUSAL, again);
        assertThat(learner.refusesStill())
                .as("one that no refusal takes so long for")
                .isFalse();
    }

    @Test
    void declaredLimitIsTrustedAgain_theRateThatWasFoundByTrialIsForgotten() {
        declare("100 requests / 10s", 62);
        learns(0);
        for (int second = 2; second < 12; second++) {
            admitted(6, second * SECOND);
        }
        learns(12 * SECOND);
        assertThat(scopeLimits.counters()).anyMatch(LimitCounter::isLearned);
        admitted(1_001, 14 * SECOND);
        assertThat(learner.doubtsKnown()).isFalse();
        assertThat(scopeLimits.counters()).noneMatch(LimitCounter::isLearned);
    }

    @ParameterizedTest
    @CsvSource({
        "100 requests / 10s, 62, 62 of 100 requests / 10s, 1000",
        "1000 requests / 10s, 620, 620 of 1000 requests / 10s, 5000",
        "100 requests / 10s, 20, '', 1000"
    })
    void refusedAlthoughTheDeclaredLimitHasRoom_isNamedOnce_andItIsDoubtedForAThousandCallsOrFiveWindows(
            String limit, int used, String named, int calls) {
        declare(limit, used);
        assertThat(learns(0).refusedAfter()).isEqualTo(Optional.of(named).filter(words -> !words.isEmpty()));
        admitted(calls / 2, SECOND);
        learns(2 * SECOND);
        admitted(calls, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(1, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isFalse();
        assertThat(learns(6 * SECOND).refusedAfter()).isEmpty();
    }
}
