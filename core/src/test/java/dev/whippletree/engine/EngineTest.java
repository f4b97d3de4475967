package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.shared.Garbage;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineTest {

    private static final Duration SHORT = Duration.ofMillis(10);

    private final EngineFixture fixture = new EngineFixture();

    @Test
    void noCachePrompt_joinsNobody_andNobodyJoinsIt() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        Prompt fresh = Prompt.builder().user("question").noCache().build();
        fixture.ask("question");
        fixture.ask(fresh);
        CompletableFuture<Completion> joined = fixture.ask("question");
        fixture.ask(fresh);
        CompletableFuture<Completion> alone =
                fixture.ask(Prompt.builder().user("other").noCache().build());
        CompletableFuture<Completion> after = fixture.ask("other");
        fixture.run();
        assertThat(client.calls()).isEqualTo(5);
        assertThat(joined.join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(List.of(alone, after))
                .allSatisfy(
                        answer -> assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CALL));
    }

    @Test
    void noCachePromptThatEnds_leavesAnEqualOneToBeJoined() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then(client.answersAfter(Duration.ofSeconds(10)));
        fixture.ask("question");
        fixture.ask(Prompt.builder().user("question").noCache().build());
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> joined = fixture.ask("question");
        fixture.run();
        assertThat(joined.join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(client.calls()).isEqualTo(2);
    }

    /** A program may ask all its prompts, and read the answers at the end. */
    @Test
    void keptAnswer_doesNotKeepItsPrompt() {
        fixture.account("a", "10 / 1s");
        List<CompletableFuture<Completion>> kept = new ArrayList<>();
        WeakReference<String> text = new WeakReference<>(ask(new String(new char[1_000_000]), kept));
        fixture.run();
        assertThat(Garbage.isGone(text)).isTrue();
        assertThat(kept.get(0)).isCompleted();
    }

    private String ask(String text, List<CompletableFuture<Completion>> kept) {
        kept.add(fixture.ask(text));
        return text;
    }

    @Test
    void openerCancels_othersAreStillAnswered_untilTheLastCancelsToo() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        CompletableFuture<Completion> first = fixture.ask("question");
        CompletableFuture<Completion> second = fixture.ask("question");
        fixture.advance(Duration.ofMillis(50));
        first.cancel(true);
        fixture.advance(SHORT);
        assertThat(client.cancelled()).isZero();
        assertThat(fixture.status().inFlight()).isEqualTo(1);
        second.cancel(true);
        fixture.run();
        assertThat(client.cancelled()).isEqualTo(1);
        StatusSnapshot status = fixture.status();
        assertThat(status.inFlight()).isZero();
        assertThat(status.prompts().cancelled()).isEqualTo(2);
        assertThat(status.sessionsActive()).isZero();
    }

    @Test
    void outOfQuota_waitsForTheFirstRoomAndIsNoError() {
        ScriptedClient client = fixture.account("a", "2 / 10s");
        List<CompletableFuture<Completion>> answers = fixture.askMany(5);
        fixture.run();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().text()).isEqualTo("answer"));
        List<Long> seconds =
                client.callTimes().stream().map(time -> time / 1_000_000_000L).toList();
        assertThat(seconds).containsExactly(0L, 0L, 10L, 10L, 20L);
    }

    @ParameterizedTest
    @CsvSource({"5, 60", "60, 5"})
    void deadlineOfThePromptOrElseTheRoutes_passes_promptEndsThenAndCallIsBrokenOff(int own, int routes) {
        fixture.route(
                route -> route.toBuilder().deadline(Duration.ofSeconds(routes)).build());
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.hangs());
        Prompt.Builder prompt = Prompt.builder().user("q");
        CompletableFuture<Completion> answer =
                fixture.ask((own < routes ? prompt.deadline(Duration.ofSeconds(own)) : prompt).build());
        fixture.advance(Duration.ofMillis(4_999));
        assertThat(answer).isNotDone();
        fixture.advance(Duration.ofMillis(2));
        assertThat(failure(answer).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(client.cancelled()).isEqualTo(1);
    }

    @Test
    void lineIsFull_oneMoreIsRefused() {
        fixture.account("a", "1 / 60s");
        fixture.settings(new EngineSettings(2, 64, Duration.ofSeconds(1)));
        List<CompletableFuture<Completion>> answers = fixture.askMany(4);
        fixture.advance(SHORT);
        assertThat(failure(answers.get(3)).reason()).isEqualTo(Reason.LINE_FULL);
        assertThat(failure(answers.get(3))).hasMessageContaining("(line-size: 2)");
        fixture.run();
        assertThat(answers.subList(0, 3))
                .allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void rateLimited_goesToAnotherAccountAtOnceAndScopeIsClosed() {
        ScriptedClient first = fixture.account("a", "1000 / 1s");
        ScriptedClient second = fixture.account("b", "1000 / 1s");
        first.usually(first.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(30), Reach.ORGANIZATION));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.BUSY);
        fixture.askMany(10);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(first.calls()).isEqualTo(1);
        assertThat(second.calls()).isEqualTo(11);
    }

    @Test
    void rateLimitedAlone_waitsAsLongAsTheServiceSays() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.then(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(7), Reach.MODEL));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(client.callTimes().get(1)).isEqualTo(Duration.ofMillis(7_010).toNanos());
    }

    @Test
    void unauthorizedEverywhere_failsAtOnceWithEachAccountsReason() {
        for (String id : List.of("a", "b")) {
            ScriptedClient client = fixture.account(id, "1000 / 1s");
            client.usually(client.failsAfter(SHORT, FailureKind.UNAUTHORIZED));
        }
        fixture.ask("first");
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            fixture.run();
            assertThat(log.all()).anyMatch(line -> line.startsWith("WARN account b is off: "));
        }
        CompletableFuture<Completion> answer = fixture.ask("second");
        fixture.advance(SHORT);
        assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(failure(answer)).hasMessageContaining("account a").hasMessageContaining("account b");
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
    }

    @Test
    void unavailable_isTriedOnAnotherTargetAndThenGivenUpWithEachAttempt() {
        for (String id : List.of("a", "b")) {
            ScriptedClient client = fixture.account(id, "1000 / 1s");
            client.usually(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        }
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure(answer).attempts()).hasSize(4);
        assertThat(failure(answer).attempts().get(0).account())
                .isNotEqualTo(failure(answer).attempts().get(1).account());
    }

    @ParameterizedTest
    @CsvSource({"1 / 60s, 2", "1 / 2s, 0"})
    void primaryIsBusy_fallbackAnswers_ifThatTakesLongerThanPatience(String limit, int calls) {
        ScriptedClient primary = fixture.account("a", limit);
        ScriptedClient fallback = fixture.account("b", "1000 / 1s");
        fixture.tier("a").tier("b");
        fixture.askMany(3);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(primary.calls()).isEqualTo(1);
        assertThat(fallback.calls()).isEqualTo(calls);
    }

    @Test
    void close_letsThoseUnderWayEndAndRefusesNewOnes() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Completion> before = fixture.ask("before");
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(10));
        List<CompletableFuture<Completion>> after = List.of(fixture.ask("after"), fixture.ask("before"));
        fixture.run();
        assertThat(before).isCompleted();
        assertThat(after).allSatisfy(late -> assertThat(failure(late).reason()).isEqualTo(Reason.CLOSED));
        assertThat(closed).isCompleted();
    }

    @Test
    void close_endsTheRestAfterItsGrace() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(10));
        fixture.advance(Duration.ofSeconds(9));
        assertThat(closed).isNotDone();
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.CLOSED);
        assertThat(closed).isCompleted();
    }

    @Test
    void close_takesNoFurtherPromptOfARequest_onceItsGraceIsOver() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        CompletableFuture<Void> request = new CompletableFuture<>();
        fixture.engine().take(request);
        CompletableFuture<CompletableFuture<Completion>> further = request.handle((done, ended) ->
                fixture.engine().complete(Prompt.of("further"), (answer, until, stored) -> stored.run()));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(10));
        fixture.run();
        assertThat(failure(further.join()).reason()).isEqualTo(Reason.CLOSED);
        assertThat(client.calls()).isZero();
        assertThat(closed).isCompleted();
    }

    @Test
    void close_leavesNoTimer() {
        ScriptedClient client = fixture.account("a", "1 / 60s");
        client.usually(client.hangs());
        ReadingCaller.of(fixture.engine(), Prompt.of("called"));
        fixture.advance(Duration.ofSeconds(1));
        fixture.ask("waiting");
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ZERO);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
        assertThat(fixture.timeline.runNext()).isFalse();
    }

    @Test
    void unknownRouteOrAccount_isAMistakeThatSaysWhatThereIs() {
        fixture.account("a", "10 / 1s");
        List.of("default", "zebra", "ape", "mule", "bee").forEach(name -> fixture.route(name, "a"));
        CompletableFuture<Completion> route =
                fixture.ask(Prompt.builder().user("q").route("nope").build());
        CompletableFuture<Completion> account = fixture.askOf("nope", "q");
        assertThatThrownBy(route::join)
                .hasCauseInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("no route is named 'nope'; known: [ape, bee, default, mule, zebra]");
        assertThatThrownBy(account::join)
                .hasCauseInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[a]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofUnknownLimits_startsWithFourAndDoubles_alsoIfPromptsAreRefusedForThemselves(boolean refused) {
        ScriptedClient client = fixture.account("a");
        Duration latency = Duration.ofMillis(100);
        client.usually(refused ? client.failsAfter(latency, FailureKind.REJECTED) : client.answersAfter(latency));
        fixture.askMany(100);
        fixture.advance(Duration.ofMillis(50));
        assertThat(client.calls()).isEqualTo(4);
        fixture.advance(latency);
        assertThat(client.calls()).isEqualTo(refused ? 8 : 12);
        fixture.run();
        assertThat(client.calls()).isEqualTo(100);
    }

    @Test
    void joinerWithTooLittleTime_isRefusedAtOnceAndAlone() {
        fixture.account("a", "1 / 60s");
        fixture.ask("first");
        fixture.advance(SHORT);
        CompletableFuture<Completion> patient = fixture.ask("second");
        fixture.advance(SHORT);
        CompletableFuture<Completion> hasty = fixture.ask("second", Duration.ofSeconds(5));
        fixture.advance(SHORT);
        assertThat(failure(hasty).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        fixture.run();
        assertThat(patient).isCompletedWithValueMatching(answer -> answer.text().equals("answer"));
    }

    @Test
    void answerWithheldByAFilter_isNoAnswer() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.endsAfter(SHORT, FinishReason.CONTENT_FILTER));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.FILTERED);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void promptForAModelThatNoTargetOfItsRouteHas_isAMistakeThatSaysWhichThereAre() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Completion> answer =
                fixture.ask(Prompt.builder().user("q").model("another").build());
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("model 'another' is not on route")
                .withMessageContaining("[model]");
    }

    /** Two accounts in one tier, each with a model of its own. */
    private List<ScriptedClient> openMixedTier() {
        List<ScriptedClient> clients = List.of(fixture.account("a", "1 / 1s"), fixture.account("b", "1 / 1s"));
        fixture.route(route -> RouteSettings.of(
                route.name(),
                List.of(new Tier(List.of(new TargetSettings("a", "small"), new TargetSettings("b", "large"))))));
        return clients;
    }

    @Test
    void promptsForAModel_amongOthersOfTheTier_areAnsweredByThatOneAlone() {
        List<ScriptedClient> clients = openMixedTier();
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            answers.add(fixture.ask(
                    Prompt.builder().user("q" + number).model("large").build()));
        }
        CompletableFuture<Completion> other =
                fixture.ask(Prompt.builder().user("q").model("small").build());
        fixture.run();
        assertThat(fixture.ask(
                        Prompt.builder().user("q").model("large").account("a").build()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageEndingWith("model 'large' is not on route 'default' for account 'a'; there are [small]");
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.join().origin().account()).isEqualTo("b"));
        assertThat(other.join().origin().account()).isEqualTo("a");
        assertThat(clients.get(0).calls()).isEqualTo(1);
    }

    @Test
    void promptForSomeAccounts_isAnsweredByThoseAlone() {
        List<ScriptedClient> clients = openMixedTier();
        for (int number = 0; number < 3; number++) {
            fixture.ask(Prompt.builder()
                    .user("q" + number)
                    .accounts(List.of("b", "elsewhere"))
                    .build());
        }
        CompletableFuture<Completion> nobody = fixture.ask(
                Prompt.builder().user("q").accounts(List.of("elsewhere")).build());
        CompletableFuture<Completion> neither = fixture.ask(
                Prompt.builder().user("q").accounts(List.of("b")).account("a").build());
        fixture.run();
        assertThat(clients.get(0).calls()).isZero();
        assertThat(clients.get(1).calls()).isEqualTo(3);
        assertThat(List.of(nobody, neither))
                .allSatisfy(refused -> assertThat(refused)
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withMessageContaining("none of the accounts that may answer this prompt is on route"));
    }

    @Test
    void callThatIsSentLate_leavesItsWindowAsLongAfterItWasSent() {
        ScriptedClient client = fixture.account("a", "1 / 60s");
        client.then((prompt, model, sink) -> {
            fixture.timeline.schedule(
                    Duration.ofSeconds(30).toNanos(),
                    () -> client.answersAfter(Duration.ofMillis(100)).run(prompt, model, sink));
            return () -> {};
        });
        fixture.askMany(2);
        fixture.run();
        assertThat(client.callTimes())
                .containsExactly(0L, Duration.ofMillis(90_100).toNanos());
    }

    /** Two calls are under way for 5 s; it is assumed that they arrived within 2. */
    @Test
    void refusalThatLateArrivalsExplain_endsTheAssumedTransit() {
        ScriptedClient client = fixture.account("a", "2 / 10s");
        Duration slow = Duration.ofSeconds(5);
        client.then(client.answersAfter(slow)).then(client.answersAfter(slow));
        client.then(client.limits(
                Duration.ofMillis(10), FailureKind.RATE_LIMITED, Duration.ofSeconds(20), Reach.ORGANIZATION));
        client.usually(client.answersAfter(slow));
        fixture.askMany(8);
        fixture.advance(Duration.ofSeconds(70));
        List<Long> seconds =
                client.callTimes().stream().map(time -> time / 1_000_000_000L).toList();
        assertThat(seconds.subList(0, 3)).containsExactly(0L, 0L, 12L);
        List<Long> after = seconds.subList(4, seconds.size());
        assertThat(after).hasSizeGreaterThan(2);
        assertThat(after.get(2) - after.get(0)).as("a window after the answers").isGreaterThanOrEqualTo(15);
    }

    private static final Duration GRACE = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration LATENCY = Duration.ofMillis(100);

    @Test
    void nothingUnderWay_isClosedAtOnce() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
    }

    @Test
    void lastAnswerIsBeingStored_isClosedOnceItIs() {
        fixture.account("a", "10 / 1s");
        fixture.cache("slow", new ScriptedCache(fixture.timeline).latency(LATENCY));
        fixture.ask("q");
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(LATENCY.multipliedBy(3).minusMillis(1));
        assertThat(closed).isNotDone();
        fixture.advance(Duration.ofMillis(1));
        assertThat(closed).isCompleted();
    }

    @Test
    void graceOfZero_endsAllAtOnce_inLineAttemptedOrPausing() {
        ScriptedClient client = fixture.account("a", "3 / 60s");
        client.then(client.hangs());
        client.then(client.failsAfter(Duration.ofMillis(1), FailureKind.UNAVAILABLE));
        client.usually(client.hangs());
        var answers = fixture.askMany(6);
        fixture.advance(Duration.ofMillis(2));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ZERO);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(failure(answer).reason()).isEqualTo(Reason.CLOSED));
        int calls = client.calls();
        fixture.run();
        assertThat(client.calls()).isEqualTo(calls);
        assertThat(fixture.status().inFlight()).isZero();
        assertThat(fixture.status().waiting()).isZero();
    }
}
