package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.RouteSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a refusal closes that doesn't say whether it is meant for the model or for the organization. One account, two models. */
final class EngineReachTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a");

    private static Failure refusal(Optional<Duration> retryAfter) {
        return new Failure(
                FailureKind.RATE_LIMITED,
                "slow down",
                OptionalInt.of(429),
                Optional.empty(),
                retryAfter,
                Reach.UNKNOWN);
    }

    private ScriptedClient.Behaviour refuses(Duration retryAfter) {
        return client.failsAfter(SHORT, refusal(Optional.of(retryAfter)));
    }

    private ScriptedClient.Behaviour answers() {
        return client.answersAfter(SHORT);
    }

    private void does(ScriptedClient.Behaviour large, ScriptedClient.Behaviour small) {
        client.usually(ScriptedClient.byModel(Map.of("large", large, "small", small)));
    }

    private CompletableFuture<Completion> ask(String text, String model) {
        return fixture.ask(Prompt.builder().user(text).model(model).build());
    }

    /** The service has a bucket for each model, and tells it; ten calls a window are declared for the organization. */
    private int callsOfDeclaredAccount(String... models) {
        ScriptedClient declared = fixture.account("declared", "10 / 10s");
        AtomicInteger left = new AtomicInteger(10);
        declared.usually(declared.reports(SHORT, () -> {
            int remaining = Math.max(0, left.decrementAndGet());
            return new RateLimitReport(
                    Reach.MODEL,
                    Limit.Unit.REQUESTS,
                    OptionalLong.of(10),
                    OptionalLong.of(remaining),
                    Optional.of(SECOND.multipliedBy(10)),
                    RateLimitReport.Refill.CONTINUOUS,
                    Optional.of(SECOND.multipliedBy(10L - remaining)));
        }));
        fixture.tier(models);
        fixture.askMany(30);
        fixture.advance(SECOND.multipliedBy(5).plus(SECOND.dividedBy(2)));
        return declared.calls();
    }

    @Test
    void bucketReportedForTheOnlyModel_standsForTheLimitDeclaredForTheOrganization() {
        assertThat(callsOfDeclaredAccount("declared/large")).isEqualTo(15);
    }

    @Test
    void bucketReportedForOneOfSeveralModels_leavesTheLimitDeclaredForTheOrganization() {
        assertThat(callsOfDeclaredAccount("declared/large", "declared/small")).isEqualTo(10);
    }

    @Test
    void refusedWithoutATime_theFallbackOnTheSameAccountAnswersOncePatienceIsOver() {
        fixture.tier("a/large").tier("a/small");
        does(client.failsAfter(SHORT, refusal(Optional.empty())), answers());

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(RouteSettings.DEFAULT_PATIENCE.plus(SHORT.multipliedBy(2)));

        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().model()).isEqualTo("small");
        assertThat(client.calls())
                .as("a row that isn't chance, then one call for each pause")
                .isLessThanOrEqualTo(5);
    }

    @Test
    void refusedAgainAndAgainForLessThanPatience_theFallbackAnswersOncePatienceIsOver() {
        fixture.tier("a/large").tier("a/small");
        does(refuses(Duration.ofMillis(1_800)), answers());

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(RouteSettings.DEFAULT_PATIENCE.plus(SHORT.multipliedBy(2)));

        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().model()).isEqualTo("small");
        assertThat(client.models()).containsExactly("large", "large", "small");
    }

    @Test
    void refusedLate_thePreferredModelIsWaitedForAsLongAsPatienceSays() {
        fixture.tier("a/large").tier("a/small");
        Duration late = Duration.ofMillis(1_200);
        client.then(client.failsAfter(late, refusal(Optional.of(SECOND.multipliedBy(2)))));

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();

        assertThat(answer.join().origin().model()).isEqualTo("large");
        assertThat(client.models()).containsExactly("large", "large");
    }

    @Test
    void refusedLateAgainAndAgain_patienceCountsFromTheFirstWait() {
        fixture.tier("a/large").tier("a/small");
        Duration late = Duration.ofMillis(1_200);
        does(client.failsAfter(late, refusal(Optional.of(SECOND.multipliedBy(2)))), answers());

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(4_400).plus(SHORT));

        assertThat(answer).isCompleted();
        assertThat(client.models()).containsExactly("large", "large", "small");
    }

    @Test
    void refusedForLongerThanPatience_theFallbackAnswersAtOnce() {
        fixture.tier("a/large").tier("a/small");
        does(refuses(Duration.ofMinutes(1)), answers());

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT.multipliedBy(2));

        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().model()).isEqualTo("small");
    }

    @Test
    void oneModelIsRefused_othersOfTheAccountGoOnMeanwhile() {
        fixture.tier("a/large", "a/small");
        does(refuses(Duration.ofMinutes(10)), answers());

        ask("first", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> healthy = ask("second", "small");
        fixture.advance(SHORT);

        assertThat(healthy).isCompleted();
    }

    @Test
    void secondModelIsRefusedToo_nothingOfTheOrganizationIsTriedBeforeItsTime() {
        fixture.tier("a/large", "a/small", "a/third");
        client.then(refuses(SECOND)).then(refuses(SECOND)).usually(answers());

        ask("first", "large");
        ask("second", "small");
        fixture.advance(SHORT);
        CompletableFuture<Completion> third = ask("third", "third");
        fixture.advance(SECOND.minus(SHORT));
        assertThat(client.models()).containsExactly("large", "small");
        fixture.advance(SHORT.multipliedBy(3));
        assertThat(third).isCompleted();
    }

    @Test
    void organizationWasFoundToBeMeant_theNextRefusalClosesItAtOnce_andTheOneAfterThatIsDoubted() {
        fixture.tier("a/large", "a/small");
        client.then(refuses(SECOND)).then(refuses(SECOND)).usually(answers());
        ask("first", "large");
        ask("second", "small");
        fixture.advance(SECOND.multipliedBy(5));

        client.then(refuses(SECOND));
        ask("third", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> held = ask("fourth", "small");
        fixture.advance(SECOND.minus(SHORT));
        assertThat(held).isNotDone();
        fixture.advance(SECOND.multipliedBy(5));
        assertThat(held).isCompleted();

        client.then(refuses(SECOND));
        ask("fifth", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> free = ask("sixth", "small");
        fixture.advance(SHORT);
        assertThat(free).isCompleted();
    }

    @Test
    void otherModelAnsweredMeanwhile_twoRefusalsCloseTwoModelsOnly() {
        fixture.tier("a/large", "a/small", "a/third");
        client.usually(ScriptedClient.byModel(
                Map.of("large", refuses(Duration.ofMinutes(1)), "small", answers(), "third", answers())));
        ask("first", "large");
        fixture.advance(SHORT);
        ask("second", "small");
        fixture.advance(SHORT);

        client.usually(ScriptedClient.byModel(
                Map.of("large", answers(), "small", refuses(Duration.ofMinutes(1)), "third", answers())));
        ask("third", "small");
        fixture.advance(SHORT);
        CompletableFuture<Completion> third = ask("fourth", "third");
        fixture.advance(SHORT);
        assertThat(third).isCompleted();
    }

    @Test
    void tiersReopenTogether_theOneThatRefusedIsNotTakenFirstAgain() {
        fixture.tier("a/large").tier("a/small");
        Failure everything = new Failure(
                FailureKind.RATE_LIMITED,
                "slow down",
                OptionalInt.of(429),
                Optional.empty(),
                Optional.of(Duration.ofSeconds(5)),
                Reach.ORGANIZATION);
        does(client.failsAfter(SHORT, everything), answers());

        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(5).plus(SHORT.multipliedBy(2)));

        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().model()).isEqualTo("small");
        assertThat(client.models()).containsExactly("large", "small");
    }

    @Test
    void onlyModelOfAnAccount_closesTheAccount_andItsStatusSaysSo() {
        fixture.tier("a/large");
        client.usually(refuses(Duration.ofMinutes(1)));

        CompletableFuture<Completion> answer =
                fixture.ask(Prompt.builder().user("q").deadline(SECOND).build());
        fixture.advance(SHORT);

        assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        assertThat(fixture.status("a").reason()).contains("slow down");
    }

    private static RateLimitReport usedUp() {
        return left(0, Duration.ofMinutes(1));
    }

    @Test
    void reportOfUnknownReachForTheOnlyModel_isTheAccounts() {
        fixture.tier("a/large");
        client.usually(client.reports(SHORT, EngineReachTest::usedUp));

        fixture.ask("q");
        fixture.advance(SHORT);

        assertOnlyLimitIsOf(Optional.empty());
    }

    @Test
    void reportOfUnknownReach_holdsBackItsModelAlone() {
        fixture.tier("a/large", "a/small");
        does(client.reports(SHORT, EngineReachTest::usedUp), answers());

        ask("first", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> held = ask("second", "large");
        CompletableFuture<Completion> free = ask("third", "small");
        fixture.advance(SECOND);

        assertThat(List.of(held.isDone(), free.isDone())).containsExactly(false, true);
    }

    /** A report of a limit of ten requests that come back a minute after the start. */
    private RateLimitReport left(long remaining) {
        return left(remaining, Duration.ofMinutes(1).minusNanos(fixture.timeline.nanoTime()));
    }

    private static RateLimitReport left(long remaining, Duration reset) {
        return left(remaining, 10, reset);
    }

    private static RateLimitReport left(long remaining, long amount, Duration reset) {
        return new RateLimitReport(
                Reach.UNKNOWN,
                Limit.Unit.REQUESTS,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                Optional.empty(),
                RateLimitReport.Refill.AT_ONCE,
                Optional.of(reset));
    }

    private void reports(String model, long remaining) {
        client.then(client.reports(SHORT, () -> left(remaining)));
        ask(model + " leaves " + remaining, model);
        fixture.advance(SHORT);
    }

    @Test
    void reportsOfTwoModelsThatCountTogether_areTheOrganizations() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 8);
        reports("small", 0);

        CompletableFuture<Completion> held = ask("next", "large");
        fixture.advance(Duration.ofSeconds(50));
        assertThat(held).isNotDone();
        fixture.advance(Duration.ofSeconds(11));
        assertThat(held).isCompleted();
    }

    @Test
    void limitIsTheOrganizations_whatWasReportedForAModelHoldsNothingBackAnyMore() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 8);
        fixture.advance(Duration.ofSeconds(65));
        for (long left = 9; left >= 0; left--) {
            reportsSlowly("large", left(left, Duration.ofSeconds(55)), SHORT);
        }

        fixture.advance(Duration.ofSeconds(56));
        assertIsFree("large");
    }

    @Test
    void lessIsLeftThanForAnotherModelByItsOwnUses_theLimitIsTheModels() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 9);
        for (long left = 8; left >= 0; left--) {
            reports("large", left);
        }
        assertIsFree("small");
    }

    @Test
    void lessIsLeftThanTheOtherModelsExplain_theLimitIsTheModels() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 9);
        reports("large", 0);
        assertIsFree("small");
    }

    @Test
    void moreWasUsedThanWasAsked_theLimitIsTheModels() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 4);
        reports("large", 0);
        assertIsFree("small");
    }

    @Test
    void moreWasUsedInALaterWindowThanTheModelsOwnCalls_theLimitIsTheModels() {
        fixture.tier("a/large", "a/small");
        reports("small", 9);
        for (long left = 9; left > 4; left--) {
            reports("large", left);
        }
        fixture.advance(Duration.ofSeconds(65));
        reportsSlowly("large", left(9, Duration.ofSeconds(55)), SHORT);
        reportsSlowly("small", left(4, Duration.ofSeconds(55)), SHORT);
        reportsSlowly("large", left(0, Duration.ofSeconds(55)), SHORT);
        assertIsFree("small");
    }

    @Test
    void reportIsOlderThanTheWindowsFirstOne_showsNothing() {
        fixture.tier("a/large", "a/small");
        client.then(answers());
        ask("lets calls begin beside each other", "large");
        fixture.advance(SHORT);
        reports("small", 9);
        client.then(client.reports(SHORT.multipliedBy(3), () -> left(5, Duration.ofMinutes(1))));
        ask("is slow", "large");
        for (int beside = 0; beside < 4; beside++) {
            client.then(client.reports(SHORT.multipliedBy(4), () -> left(6, Duration.ofMinutes(1))));
            ask("is slow too " + beside, "small");
        }
        fixture.advance(SHORT);
        reportsSlowly("large", left(9, Duration.ofMinutes(1)), SHORT);
        fixture.advance(SHORT.multipliedBy(2));
        reportsSlowly("large", left(0, Duration.ofMinutes(1)), SHORT);
        assertIsFree("small");
    }

    private void assertOnlyLimitIsOf(Optional<String> model) {
        assertThat(fixture.status("a").limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.scope().model()).isEqualTo(model));
    }

    private void assertIsHeld(String model) {
        CompletableFuture<Completion> held = ask("next", model);
        fixture.advance(SECOND);
        assertThat(held).isNotDone();
    }

    private void assertIsFree(String model) {
        CompletableFuture<Completion> free = ask("next", model);
        fixture.advance(SECOND);
        assertThat(free).isCompleted();
    }

    @Test
    void refusalsSeemedToBeTheOrganizations_reportsShowThatTheModelsCountApart() {
        fixture.tier("a/large", "a/small");
        client.usually(answers());
        isRefused("small");
        isRefused("large");
        fixture.advance(Duration.ofMinutes(1));
        Duration reset = Duration.ofMinutes(1);
        for (long left = 9; left > 1; left--) {
            reportsSlowly("large", left(left, reset), SHORT);
            reportsSlowly("small", left(left, reset), SHORT);
        }
        reportsSlowly("large", left(0, reset), SHORT);
        assertIsFree("small");
    }

    @Test
    void refusalsSeemedToBeTheOrganizations_otherAmountsShowThatTheModelsCountApart() {
        fixture.tier("a/large", "a/small");
        client.usually(answers());
        isRefused("small");
        isRefused("large");
        fixture.advance(Duration.ofMinutes(1));
        Duration reset = Duration.ofMinutes(1);
        reportsSlowly("large", left(2, 3, reset), SHORT);
        reportsSlowly("small", left(9, 10, reset), SHORT);
        reportsSlowly("large", left(1, 3, reset), SHORT);
        reportsSlowly("large", left(0, 3, reset), SHORT);
        assertIsFree("small");
    }

    @Test
    void oneReportLeavesMore_mayBeWrong() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 8);
        reports("small", 10);
        reports("large", 6);
        reports("small", 0);

        assertIsHeld("large");
    }

    @Test
    void amountChangesWhileCallsAreUnderWay_isNoSignOfTwoLimits() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 8);
        Duration reset = SECOND.multipliedBy(50);
        for (int number = 0; number < 2; number++) {
            client.then(client.reports(SECOND, () -> left(7, 10, reset)));
            ask("slow " + number, "large");
        }
        reportsSlowly("small", left(2, 5, reset), SHORT);
        fixture.advance(SECOND);
        assertOnlyLimitIsOf(Optional.empty());
    }

    @Test
    void twoModelsAreRefusedForNoReportedLimit_thoseStayTheirOwn() {
        fixture.tier("a/large", "a/small");
        reports("large", 9);
        reports("small", 9);
        client.then(refuses(SECOND)).then(refuses(SECOND)).usually(answers());
        ask("is refused", "large");
        ask("is refused too", "small");
        fixture.advance(SECOND.multipliedBy(2));

        reports("large", 0);
        assertIsFree("small");
    }

    @Test
    void accountGetsASecondModel_whatWasReportedForTheFirstAloneIsItsOwn() {
        fixture.tier("a/large");
        reports("large", 9);
        assertOnlyLimitIsOf(Optional.empty());

        fixture.tier("a/small").weights(Map.of());
        reports("large", 8);
        assertOnlyLimitIsOf(Optional.of("large"));
    }

    @Test
    void refusedWhileNothingIsLeftOfAnotherModelUntilTheSameMoment_theOrganizationCloses() {
        fixture.tier("a/large", "a/small", "a/third");
        reports("large", 0);
        isRefused("small");

        CompletableFuture<Completion> held = ask("held", "third");
        fixture.advance(SECOND.minusMillis(1));
        assertThat(client.models()).containsExactly("large", "small");
        assertThat(held).isNotDone();
    }

    @Test
    void resetWasSaidWhenTheSlowCallCame_theOrganizationClosesAllTheSame() {
        fixture.tier("a/large", "a/small", "a/third");
        reportsSlowly("large", left(0), SECOND.multipliedBy(3));
        isRefused("small");

        CompletableFuture<Completion> held = ask("held", "third");
        fixture.advance(SECOND.minusMillis(1));
        assertThat(client.models()).containsExactly("large", "small");
        assertThat(held).isNotDone();
    }

    @Test
    void moreIsLeftForAnotherModelWhereTheResetMayHaveBeen_theyMayCountTogetherStill() {
        fixture.tier("a/large", "a/small");
        fixture.advance(Duration.ofSeconds(50));
        reportsSlowly("large", left(3), SECOND.multipliedBy(8));
        reportsSlowly("small", left(9), SECOND.multipliedBy(6));
        for (long left = 9; left >= 5; left -= 2) {
            reportsSlowly("large", left(left, SECOND.multipliedBy(30)), SHORT);
            reportsSlowly("small", left(left - 1, SECOND.multipliedBy(30)), SHORT);
        }
        reportsSlowly("small", left(0, SECOND.multipliedBy(30)), SHORT);

        assertIsHeld("large");
    }

    /** The service says it when the call comes. */
    private void reportsSlowly(String model, RateLimitReport said, Duration latency) {
        client.then(client.reports(latency, () -> said));
        ask(model + " leaves " + said.remaining(), model);
        fixture.advance(latency);
    }

    @Test
    void reportWasOvertakenByOneOfWhichNothingIsLeft_theOrganizationClosesAllTheSame() {
        fixture.tier("a/large", "a/small", "a/third");
        client.then(answers());
        ask("lets calls begin beside each other", "large");
        fixture.advance(SHORT);
        client.then(client.reports(SHORT.multipliedBy(2), () -> left(3)))
                .then(client.reports(SHORT, () -> left(0)))
                .then(refusesUsedUp(SHORT.multipliedBy(3)));
        ask("is overtaken", "large");
        ask("overtakes", "large");
        ask("is refused", "small");
        fixture.advance(SHORT.multipliedBy(3));

        CompletableFuture<Completion> held = ask("held", "third");
        fixture.advance(SECOND.minusMillis(1));
        assertThat(client.models()).doesNotContain("third");
        assertThat(held).isNotDone();
    }

    private void isRefused(String model) {
        client.then(refusesUsedUp(SHORT));
        ask("refused", model);
        fixture.advance(SHORT);
    }

    private ScriptedClient.Behaviour refusesUsedUp(Duration after) {
        return client.later(after, (prompt, model, sink) -> {
            sink.firstByte();
            sink.limits(List.of(left(0)));
            sink.failed(refusal(Optional.of(SECOND)));
            return () -> {};
        });
    }

    @Test
    void nothingIsLeftOfAnotherModelUntilTheSameMomentAsOfTheRefusedOne_theLimitIsTheOrganizations() {
        fixture.tier("a/large", "a/small", "a/third");
        isRefused("small");
        reports("large", 0);

        CompletableFuture<Completion> held = ask("held", "third");
        fixture.advance(Duration.ofSeconds(50));
        assertThat(client.models()).containsExactly("small", "large");
        assertThat(held).isNotDone();
        fixture.advance(Duration.ofSeconds(11));
        assertThat(held).isCompleted();
    }

    @Test
    void nothingIsLeftOfAnotherModelThatCountsApart_theLimitIsTheModels() {
        fixture.tier("a/large", "a/small", "a/third");
        reports("large", 5);
        reports("small", 9);
        reports("small", 8);
        isRefused("small");
        reports("large", 0);

        assertIsFree("third");
    }

    @Test
    void reportsOfTwoModelsThatCountApart_areTheModels() {
        fixture.tier("a/large", "a/small");
        reports("large", 5);
        reports("small", 9);
        reports("large", 0);

        assertIsFree("small");
    }
}
