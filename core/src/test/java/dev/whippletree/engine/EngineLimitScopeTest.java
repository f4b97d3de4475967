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
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a refusal closes that doesn't say whether it is meant for the model or for the organization. One account, two
 * models.
 */
final class EngineLimitScopeTest {

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
        client.usually(client.reports(SHORT, EngineLimitScopeTest::usedUp));

        fixture.ask("q");
        fixture.advance(SHORT);

        assertOnlyLimitIsOf(Optional.empty());
    }

    @Test
    void reportOfUnknownReach_holdsBackItsModelAlone() {
        fixture.tier("a/large", "a/small");
        does(client.reports(SHORT, EngineLimitScopeTest::usedUp), answers());

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
    void reportOfUnknownReach_isTheOrganizations_ifTheAccountSaysSo() {
        EngineFixture shared = new EngineFixture();
        ScriptedClient both = shared.account(sharing(Reach.ORGANIZATION));
        shared.tier("shared/large", "shared/small");
        both.usually(both.reports(SHORT, EngineLimitScopeTest::usedUp));
        shared.ask(Prompt.builder().user("q").model("large").build());
        shared.advance(SHORT);

        CompletableFuture<Completion> held =
                shared.ask(Prompt.builder().user("next").model("small").build());
        shared.advance(Duration.ofSeconds(50));
        assertThat(held).isNotDone();
        shared.advance(Duration.ofSeconds(11));
        assertThat(held).isCompleted();
    }

    @Test
    void refusalOfUnknownReach_closesOneModelHoweverManyAreRefused_ifTheAccountSaysSo() {
        EngineFixture apart = new EngineFixture();
        ScriptedClient each = apart.account(sharing(Reach.MODEL));
        apart.tier("shared/large", "shared/small", "shared/third");
        for (String model : List.of("large", "small")) {
            each.then(each.failsAfter(SHORT, refusal(Optional.of(SECOND.multipliedBy(60)))));
            apart.ask(Prompt.builder().user("q").model(model).build());
            apart.advance(SHORT);
        }
        each.usually(each.answersAfter(SHORT));

        CompletableFuture<Completion> free =
                apart.ask(Prompt.builder().user("next").model("third").build());
        apart.advance(SHORT);
        assertThat(free).isCompleted();
    }

    private static AccountSettings sharing(Reach scope) {
        return AccountSettings.builder("shared", "scripted").limitScope(scope).build();
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
    void accountGetsASecondModel_whatWasReportedForTheFirstAloneIsItsOwn() {
        fixture.tier("a/large");
        reports("large", 9);
        assertOnlyLimitIsOf(Optional.empty());

        fixture.tier("a/small").weights(Map.of());
        reports("large", 8);
        assertOnlyLimitIsOf(Optional.of("large"));
    }
}
