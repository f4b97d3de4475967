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
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        return ScriptedClient.failure(FailureKind.RATE_LIMITED, retryAfter, Reach.UNKNOWN);
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
    @ParameterizedTest
    @CsvSource({"declared/large, 15", "declared/large declared/small, 10"})
    void bucketReportedForTheOnlyModel_standsForTheLimitDeclaredForTheOrganization(String models, int calls) {
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
        fixture.tier(models.split(" "));
        fixture.askMany(30);
        fixture.advance(SECOND.multipliedBy(5).plus(SECOND.dividedBy(2)));
        assertThat(declared.calls()).isEqualTo(calls);
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

    @ParameterizedTest
    @CsvSource({"false, large large", "true, large large small"})
    void refusedLate_thePreferredModelIsWaitedForAsLongAsPatienceSays_fromTheFirstWaitOn(boolean again, String models) {
        fixture.tier("a/large").tier("a/small");
        ScriptedClient.Behaviour refuses =
                client.failsAfter(Duration.ofMillis(1_200), refusal(Optional.of(SECOND.multipliedBy(2))));
        if (again) {
            does(refuses, answers());
        } else {
            client.then(refuses).usually(answers());
        }
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(4_400).plus(SHORT));
        assertThat(answer).isCompleted();
        assertThat(client.models()).containsExactly(models.split(" "));
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
    void otherModelAnsweredAfterTheOrganizationWasMeant_theNextRefusalClosesItsModelOnly() {
        fixture.tier("a/large", "a/small", "a/third");
        client.then(refuses(Duration.ofMinutes(1))).then(refuses(SECOND)).usually(answers());
        ask("first", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> second = ask("second", "small");
        fixture.advance(SECOND.multipliedBy(2));
        assertThat(second).isCompleted();
        client.then(refuses(Duration.ofMinutes(1)));
        ask("third", "small");
        fixture.advance(SHORT);
        CompletableFuture<Completion> free = ask("fourth", "third");
        fixture.advance(SHORT);
        assertThat(free).isCompleted();
    }

    @Test
    void tiersReopenTogether_theOneThatRefusedIsNotTakenFirstAgain() {
        fixture.tier("a/large").tier("a/small");
        Failure everything =
                ScriptedClient.limited(FailureKind.RATE_LIMITED, Duration.ofSeconds(5), Reach.ORGANIZATION);
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
        CompletableFuture<Completion> answer = fixture.ask("q", SECOND);
        fixture.advance(SHORT);
        assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        assertThat(fixture.status("a").reason()).contains("scripted RATE_LIMITED");
    }

    @Test
    void reportOfUnknownReach_holdsBackItsModelAlone() {
        fixture.tier("a/large", "a/small");
        does(client.reports(SHORT, () -> left(0, fixture)), answers());
        ask("first", "large");
        fixture.advance(SHORT);
        CompletableFuture<Completion> held = ask("second", "large");
        CompletableFuture<Completion> free = ask("third", "small");
        fixture.advance(SECOND);
        assertThat(List.of(held.isDone(), free.isDone())).containsExactly(false, true);
    }

    /** A report of a limit of ten requests that come back a minute after the start. */
    private static RateLimitReport left(long remaining, EngineFixture engine) {
        return new RateLimitReport(
                Reach.UNKNOWN,
                Limit.Unit.REQUESTS,
                OptionalLong.of(10),
                OptionalLong.of(remaining),
                Optional.empty(),
                RateLimitReport.Refill.AT_ONCE,
                Optional.of(Duration.ofMinutes(1).minus(engine.elapsed())));
    }

    @Test
    void reportOfUnknownReach_isTheOrganizations_ifTheAccountSaysSo() {
        EngineFixture shared = new EngineFixture();
        ScriptedClient both = shared.account(AccountSettings.builder("shared", "scripted")
                .limitScope(Reach.ORGANIZATION)
                .build());
        shared.tier("shared/large", "shared/small");
        both.usually(both.reports(SHORT, () -> left(0, shared)));
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
        ScriptedClient each = apart.account(AccountSettings.builder("shared", "scripted")
                .limitScope(Reach.MODEL)
                .build());
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

    private void assertOnlyLimitIsOf(Optional<String> model) {
        assertThat(fixture.status("a").limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.scope().model()).isEqualTo(model));
    }

    @Test
    void accountGetsASecondModel_whatWasReportedForTheFirstAloneIsItsOwn() {
        fixture.tier("a/large");
        client.usually(client.reports(SHORT, () -> left(9, fixture)));
        ask("one", "large");
        fixture.advance(SHORT);
        assertOnlyLimitIsOf(Optional.empty());
        fixture.tier("a/small").reload();
        ask("two", "large");
        fixture.advance(SHORT);
        assertOnlyLimitIsOf(Optional.of("large"));
    }
}
