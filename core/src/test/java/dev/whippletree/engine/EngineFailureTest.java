package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.flight.FailurePolicy;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.testkit.logging.LoggedLines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of failure, with one account, with two, and with two tiers. */
final class EngineFailureTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Failure OVERLOADED =
            ScriptedClient.failure(FailureKind.OVERLOADED, Optional.of(Duration.ofSeconds(1)), Reach.ACCOUNT);

    private final EngineFixture fixture = new EngineFixture();

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, ATTEMPTS_EXHAUSTED, 20",
        "QUOTA_EXHAUSTED, NO_ACCOUNT, 1",
        "OVERLOADED, ATTEMPTS_EXHAUSTED, 2",
        "UNAVAILABLE, ATTEMPTS_EXHAUSTED, 2",
        "TIMEOUT, ATTEMPTS_EXHAUSTED, 2",
        "UNAUTHORIZED, NO_ACCOUNT, 1",
        "MODEL_UNAVAILABLE, NO_ACCOUNT, 1",
        "TOO_LARGE, TOO_LARGE, 1",
        "FILTERED, FILTERED, 1",
        "REJECTED, REJECTED, 1"
    })
    void alone_endsWithOneClearError(FailureKind kind, Reason reason, int calls) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.failsAfter(SHORT, kind));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofHours(2));
        assertThat(failure(answer).reason()).isEqualTo(reason);
        assertThat(client.calls()).isEqualTo(calls);
        assertThat(failure(answer).attempts()).hasSize(calls);
        assertThat(fixture.status().inFlight()).isZero();
        assertThat(fixture.status().prompts().failed()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "REJECTED, 'account a, model: prompt refused (429): scripted REJECTED'",
        "FILTERED, 'account a, model: filtered (429): scripted FILTERED'",
        "TOO_LARGE, 'account a, model: prompt too large (429): scripted TOO_LARGE'",
        "UNAUTHORIZED, 'no account can answer:|account a, model: no token is set: scripted UNAUTHORIZED (checked again in 1 s)'",
        "MODEL_UNAVAILABLE, 'no account can answer:|account a, model: scripted MODEL_UNAVAILABLE (checked again in 1 s)'"
    })
    void error_saysEachThingOnce(FailureKind kind, String message) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.failsAfter(SHORT, ScriptedClient.failure(kind, Optional.empty(), Reach.ACCOUNT)));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        assertThat(failure(answer)).hasMessage(message.replace("|", System.lineSeparator() + "  "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RATE_LIMITED | ORGANIZATION | 12 | INFO | is rate-limited for 12 s | '' | ''",
                "RATE_LIMITED | MODEL | 90 | INFO | is rate-limited on model for 1 min 30 s | '' | ' on model'",
                "QUOTA_EXHAUSTED | ORGANIZATION | 7200 | WARN | has used up its quota | checked again in 2 h | ''",
                "QUOTA_EXHAUSTED | MODEL | | WARN | has used up its quota on model | checked again in 1 s | ' on model'",
                "UNAUTHORIZED | ACCOUNT | | WARN | is off: no token is set"
                        + " | checked again in 1 s, or by the first prompt after the token changes | ''",
                "UNAUTHORIZED | ORGANIZATION | | WARN | is off: no token is set"
                        + " | checked again in 1 s, or by the first prompt after the token changes | ''",
                "MODEL_UNAVAILABLE | MODEL | | WARN | doesn't have model model | checked again in 1 s |",
                "MODEL_UNAVAILABLE | PROMPT | | WARN | doesn't have model model | checked again by the next prompt |",
                "QUOTA_EXHAUSTED | PROMPT | | WARN | refuses all prompts for model model"
                        + " | checked again by the next prompt |",
                "OVERLOADED | ACCOUNT | 9 | WARN | cools down | '' |"
            })
    void closingsAndOpenings_areToldAndLogged_withWhereAndWhy_andTimesAsPeopleSayThem(
            FailureKind kind, Reach reach, Long seconds, String level, String what, String next, String reopened) {
        List<String> told = new ArrayList<>();
        fixture.listener(new EngineListener() {
            @Override
            public void closed(String account, String reason) {
                told.add(account + " " + reason);
            }

            @Override
            public void reopened(String account) {
                told.add(account + " reopened");
            }
        });
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        Optional<Duration> wait = Optional.ofNullable(seconds).map(Duration::ofSeconds);
        client.then(client.failsAfter(SHORT, ScriptedClient.failure(kind, wait, reach)));
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            fixture.ask("q");
            fixture.advance(SHORT);
            assertThat(told).containsExactly("a " + what + (next.isEmpty() ? "" : "; " + next));
            assertThat(log.ofThisThread())
                    .containsExactly(level + " account a " + what + ": scripted " + kind
                            + (next.isEmpty() ? "" : " (" + next + ")"));
            fixture.advance(Duration.ofHours(3));
            fixture.ask("checks it");
            fixture.advance(Duration.ofSeconds(1));
            if (reopened != null) {
                assertThat(told).hasSize(2).endsWith("a reopened");
                assertThat(log.ofThisThread()).hasSize(2).endsWith("INFO account a: open again" + reopened);
            }
        }
    }

    @Test
    void cooldown_isAWarningWhenItBegins_andToldWhenItHasEnded() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.then(client.answersAfter(SHORT))
                .then(client.failsAfter(SHORT, OVERLOADED))
                .then(client.failsAfter(SHORT, OVERLOADED));
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            fixture.ask("works");
            fixture.advance(SHORT);
            CompletableFuture<Completion> answer = fixture.ask("q");
            fixture.advance(Duration.ofMinutes(1));
            assertThat(answer).isCompleted();
            assertThat(log.ofThisThread())
                    .containsExactly(
                            "WARN account a cools down: scripted OVERLOADED",
                            "INFO account a cools down: scripted OVERLOADED",
                            "INFO account a: answers again");
        }
    }

    @Test
    void cooldownsOfAnAccountsModels_areOneWarning_andOneEnd() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        fixture.tier("a/large", "a/small");
        client.usually(client.failsAfter(SHORT, OVERLOADED));
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            for (String model : List.of("large", "small")) {
                fixture.ask(Prompt.builder().user("q").model(model).build());
            }
            fixture.advance(SHORT);
            client.usually(client.answersAfter(SHORT));
            fixture.advance(Duration.ofMinutes(1));
            assertThat(log.ofThisThread())
                    .containsExactly(
                            "WARN account a cools down: scripted OVERLOADED",
                            "INFO account a cools down: scripted OVERLOADED",
                            "INFO account a: answers again");
        }
    }

    @Test
    void statusTellsWhyAnAccountIsBusyOrCools_andSinceWhenItIsTriedByOnePrompt() {
        ScriptedClient cooling = fixture.account("cooling");
        cooling.then(cooling.failsAfter(SHORT, FailureKind.OVERLOADED)).usually(cooling.hangs());
        ScriptedClient tested = fixture.account("tested");
        Duration half = Duration.ofMillis(500);
        ScriptedClient.Behaviour refuses =
                tested.limits(half, FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION);
        tested.then(refuses).then(refuses).usually(tested.hangs());
        fixture.account("requests", "3 / 1m");
        fixture.account("tokens", "100 tokens / 1h")
                .counts(Admission.onEntry(100, 0))
                .uses(() -> TokenUsage.of(100, 0));
        List.of("cooling", "tested", "requests", "tokens").forEach(id -> fixture.askOf(id, "q"));
        List.of("1", "2").forEach(text -> fixture.askOf("requests", text));
        fixture.advance(SHORT);
        Instant now = fixture.timeline.now();
        assertStatus("cooling", AccountState.COOLING, "scripted OVERLOADED", Optional.of(now.plusSeconds(1)));
        fixture.advance(half.minus(SHORT));
        Instant opens = fixture.timeline.now().plusSeconds(1);
        assertStatus("tested", AccountState.BUSY, "scripted RATE_LIMITED", Optional.of(opens));
        fixture.advance(half.multipliedBy(7).minus(SHORT));
        assertStatus("cooling", AccountState.COOLING, "one prompt probes it: scripted OVERLOADED", Optional.empty());
        assertStatus("tested", AccountState.BUSY, "one prompt tests it: scripted RATE_LIMITED", Optional.empty());
        Instant arrived = now.plusMillis(90);
        assertStatus(
                "requests",
                AccountState.BUSY,
                "its limit of 3 requests is used up",
                Optional.of(arrived.plus(Duration.ofMinutes(1))));
        assertStatus(
                "tokens",
                AccountState.BUSY,
                "its limit of 100 tokens is used up",
                Optional.of(arrived.plus(Duration.ofHours(1))));
    }

    private void assertStatus(String id, AccountState state, String reason, Optional<Instant> until) {
        assertThat(fixture.status(id))
                .extracting(status -> status.state(), status -> status.reason(), status -> status.until())
                .containsExactly(state, Optional.of(reason), until);
    }

    @Test
    void accountWithAToken_isSaidToHaveItRefused() {
        ScriptedClient client = fixture.account("a", "org", Secret.of("sesame"));
        client.usually(client.failsAfter(SHORT, FailureKind.UNAUTHORIZED));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        assertThat(failure(answer)).hasMessageContaining("account a, model: token refused: ");
    }

    @ParameterizedTest
    @EnumSource(names = {"RATE_LIMITED", "OVERLOADED"})
    void pausesForLongerThanTheCallerWaits_failsWithoutWaitingForTheDeadline(FailureKind kind) {
        Duration hardly = Duration.ofMillis(1);
        fixture.route(route -> EngineFixture.with(route, new Retries(2, hardly, hardly, 1, 1000)).toBuilder()
                .patience(hardly)
                .build());
        ScriptedClient client = fixture.account("a");
        client.usually(client.failsAfter(SHORT, kind));
        Duration deadline = Duration.ofMillis(500);
        Instant asked = fixture.timeline.now();
        CompletableFuture<Completion> answer = fixture.ask("q", deadline);
        fixture.advance(SHORT.multipliedBy(2));
        assertThat(failure(answer).reason())
                .isEqualTo(kind == FailureKind.RATE_LIMITED ? Reason.NO_ROOM_IN_TIME : Reason.DEADLINE);
        assertThat(failure(answer)).hasMessageContaining("scripted " + kind);
        assertThat(failure(answer).roomAt())
                .hasValueSatisfying(at -> assertThat(at).isAfter(asked.plus(deadline)));
        assertThat(failure(answer).attempts()).hasSize(1);
    }

    /** A prompt of its own account alone isn't told when another one opens. */
    @ParameterizedTest
    @CsvSource({"30, 40, a, b", "40, 30, b, a"})
    void exhausted_saysWhenTheFirstTargetOpensAgain(int first, int second, String sooner, String later) {
        restAfterAFailure("a", first);
        restAfterAFailure("b", second);
        CompletableFuture<Completion> answer = fixture.ask("q");
        CompletableFuture<Instant> opens = opensWhenOver(answer, sooner);
        fixture.advance(Duration.ofHours(2));
        CompletableFuture<Completion> pinned = fixture.askOf(later, "q");
        CompletableFuture<Instant> pinnedOpens = opensWhenOver(pinned, later);
        fixture.advance(Duration.ofHours(2));
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure(answer).roomAt()).contains(opens.join());
        assertThat(failure(pinned).roomAt()).contains(pinnedOpens.join());
    }

    private CompletableFuture<Instant> opensWhenOver(CompletableFuture<Completion> answer, String account) {
        return answer.handle(
                (answered, failed) -> fixture.status(account).until().orElseThrow());
    }

    private void restAfterAFailure(String id, int seconds) {
        ScriptedClient client = fixture.account(id, "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.UNAVAILABLE, Duration.ofSeconds(seconds), Reach.ACCOUNT));
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"TOO_LARGE", "FILTERED", "REJECTED"},
            mode = EnumSource.Mode.EXCLUDE)
    void besideAnother_theOtherAnswersWithoutAPause(FailureKind kind) {
        ScriptedClient first = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        first.usually(first.failsAfter(SHORT, kind));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(110));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(answer.join().origin().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"TOO_LARGE", "FILTERED", "REJECTED"},
            mode = EnumSource.Mode.EXCLUDE)
    void firstTierFails_theSecondAnswers(FailureKind kind) {
        ScriptedClient primary = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        fixture.tier("a").tier("b");
        primary.usually(primary.limits(SHORT, kind, Duration.ofMinutes(1), Reach.ORGANIZATION));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMinutes(2));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    @Test
    void firstTierAsksForALongPause_theSecondAnswersAtOnce() {
        ScriptedClient primary = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        fixture.tier("a").tier("b");
        primary.usually(primary.limits(SHORT, FailureKind.UNAVAILABLE, Duration.ofMinutes(1), Reach.ACCOUNT));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(110));
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(primary.calls()).isEqualTo(1);
    }

    /** It has waited four seconds before, for a first attempt. */
    @Test
    void promptThatFailed_waitsForItsTierAnew() {
        fixture.route(route -> route.toBuilder().patience(Duration.ofSeconds(5)).build());
        ScriptedClient primary = fixture.account("a", "1 / 4s");
        fixture.account("b", "1000 / 1s");
        fixture.tier("a").tier("b");
        primary.then(primary.answersAfter(SHORT)).then(primary.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        List<CompletableFuture<Completion>> answers = fixture.askMany(2);
        fixture.run();
        assertThat(answers)
                .extracting(answer -> answer.join().origin().account())
                .containsOnly("a");
        assertThat(primary.calls()).isEqualTo(3);
    }

    /** Only the one that is overloaded is passed over, not its equals. */
    @Test
    void overloadedOneOfEquals_itsEqualAnswers_notTheNextTier() {
        ScriptedClient overloaded = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        fixture.account("c", "1000 / 1s");
        fixture.tier("a", "b").tier("c");
        overloaded.usually(overloaded.failsAfter(SHORT, FailureKind.OVERLOADED));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMinutes(1));
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    /** Equal prompts share a call until the last of their deadlines. */
    @Test
    void roomThatComesTooLateForOneCaller_isWaitedForByAnother() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.then(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofHours(1), Reach.ORGANIZATION));
        CompletableFuture<Completion> patient = fixture.ask("q", Duration.ofHours(2));
        CompletableFuture<Completion> hurried = fixture.ask("q", Duration.ofSeconds(30));
        fixture.advance(Duration.ofSeconds(29));
        assertThat(hurried).isNotDone();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(failure(hurried).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(patient).isNotDone();
        fixture.advance(Duration.ofHours(1));
        assertThat(patient).isCompleted();
    }

    @Test
    void firstTierIsUnavailableTwice_theSecondAnswers_thoughMoreAttemptsWereLeft() {
        fixture.route(route -> EngineFixture.with(route, new Retries(5, SHORT, SHORT, 1, 10)));
        ScriptedClient primary = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        fixture.tier("a").tier("b");
        primary.usually(primary.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(primary.calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"TOO_LARGE", "FILTERED", "REJECTED"})
    void callersOwnMistake_isTriedNowhereElseAndCoolsNothing(FailureKind kind) {
        ScriptedClient first = fixture.account("a", "1000 / 1s");
        ScriptedClient second = fixture.account("b", "1000 / 1s");
        first.usually(first.failsAfter(SHORT, kind));
        second.usually(second.failsAfter(SHORT, kind));
        fixture.askMany(30);
        fixture.run();
        assertThat(first.calls() + second.calls()).isEqualTo(30);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OPEN);
        assertThat(fixture.status("b").state()).isEqualTo(AccountState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUOTA_EXHAUSTED", "UNAUTHORIZED", "MODEL_UNAVAILABLE"})
    void closedForAnUnknownTime_isTriedAgainByOneProbe_afterASecondThenTwo(FailureKind kind) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.failsAfter(SHORT, kind));
        fixture.ask("first");
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> meanwhile = fixture.ask("meanwhile");
        Instant check = fixture.status("a").until().orElseThrow();
        fixture.advance(Duration.ofMillis(5));
        assertThat(failure(meanwhile).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(failure(meanwhile).kind()).contains(kind);
        assertThat(failure(meanwhile).attempts()).isEmpty();
        assertThat(failure(meanwhile).roomAt()).contains(check);
        assertThat(client.calls()).isEqualTo(1);
        fixture.advance(SHORT);
        fixture.askMany(10);
        fixture.advance(Duration.ofMillis(5));
        assertThat(client.calls()).isEqualTo(2);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(client.calls()).isEqualTo(2);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        client.usually(client.answersAfter(SHORT));
        fixture.advance(Duration.ofMillis(1010));
        List<CompletableFuture<Completion>> answers = fixture.askMany(10);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OPEN);
    }

    /** Were they taken to be under way still, more failures in a row would be waited for. */
    @ParameterizedTest
    @ValueSource(
            strings = {"RATE_LIMITED", "QUOTA_EXHAUSTED", "TOO_LARGE", "FILTERED", "REJECTED", "cancelled", "doubted"})
    void callsThatWereRefusedOrCancelled_areUnderWayNoLonger(String how) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        Reach reach = how.equals("doubted") ? Reach.PROMPT : Reach.ORGANIZATION;
        fixture.ask("answered");
        fixture.run();
        for (int call = 0; call < 40; call++) {
            client.then(
                    how.equals("cancelled")
                            ? client.hangs()
                            : client.limits(
                                    SHORT,
                                    how.equals("doubted") ? FailureKind.UNAUTHORIZED : FailureKind.valueOf(how),
                                    Duration.ofSeconds(1),
                                    reach));
        }
        List<CompletableFuture<Completion>> refused = fixture.askMany("refused ", 40);
        fixture.advance(SHORT);
        refused.forEach(answer -> answer.cancel(false));
        fixture.advance(Duration.ofSeconds(5));
        fixture.askMany("answered ", 4);
        fixture.run();
        client.usually(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        fixture.askMany("unavailable ", 4);
        fixture.advance(SHORT);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OPEN);
        fixture.ask("the fifth");
        fixture.advance(SHORT);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.COOLING);
    }

    @Test
    void retryBudgetIsEmpty_retriesWaitAndDoNotFail() {
        ScriptedClient client = fixture.account("a", "10000 / 1s");
        fixture.account("b", "10000 / 1s");
        fixture.route(route ->
                EngineFixture.with(route, new Retries(2, Duration.ofMillis(500), Duration.ofSeconds(15), 0, 0.1)));
        for (int index = 0; index < 4; index++) {
            client.then(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        }
        List<CompletableFuture<Completion>> answers = fixture.askMany(8);
        fixture.advance(Duration.ofSeconds(5));
        assertThat(answers.stream().filter(CompletableFuture::isDone)).hasSize(5);
        fixture.advance(Duration.ofMinutes(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 0, Long.MAX_VALUE})
    void absurdRetryAfter_stillEndsInAnAnswerOrAWait(long seconds) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(seconds), Reach.ORGANIZATION));
        List<CompletableFuture<Completion>> answers = fixture.askMany(4);
        fixture.advance(Duration.ofSeconds(5));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void limitThatTellsNoTimeToWait_isTriedAsOftenAsOneThatTellsNothing() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ZERO, Reach.ORGANIZATION));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofHours(2));
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(client.calls()).isEqualTo(20);
    }

    /** More calls than the twenty that one refused rightly would make. */
    @ParameterizedTest
    @EnumSource(names = {"ORGANIZATION", "MODEL"})
    void limitThatIsReportedAsASecondAgainAndAgain_isOutlasted(Reach reach) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(1), reach));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofHours(3));
        assertThat(answer).isNotDone();
        assertThat(client.calls()).isBetween(30, 60);
        client.usually(client.answersAfter(SHORT));
        fixture.advance(Duration.ofMinutes(5));
        assertThat(answer).isCompleted();
    }

    /** Others are admitted all the while. */
    @Test
    void promptRefusedByChance_moreOftenThanALimitMay_isAnsweredAllTheSame() {
        ScriptedClient client = fixture.account("a");
        int[] refusals = {0};
        client.usually((prompt, model, sink) -> {
            boolean refused = prompt.messages().get(0).text().equals("q") && refusals[0]++ < 25;
            return (refused ? client.failsAfter(SHORT, FailureKind.RATE_LIMITED) : client.answersAfter(SHORT))
                    .run(prompt, model, sink);
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        for (int other = 0; other < 1_000; other++) {
            fixture.ask("other " + other);
            fixture.advance(Duration.ofMillis(50));
        }
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().attempts()).isEqualTo(26);
    }

    @Test
    void declaredLimitThatRefusesWhileItHasRoom_isWarnedOfOnce() {
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            ScriptedClient client = fixture.account("a", "5 / 12s");
            fixture.askMany(3);
            fixture.advance(Duration.ofSeconds(1));
            for (int time = 0; time < 2; time++) {
                client.then(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(12), Reach.ORGANIZATION));
                fixture.ask("refused " + time);
                fixture.advance(Duration.ofSeconds(30));
            }
            assertThat(log.all())
                    .filteredOn(line -> line.contains(" requests / 12s declared; "))
                    .containsExactly("WARN account a: refused after 3 of 5 requests / 12s declared; the limit is lower,"
                            + " or others use it too");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serviceSaysWhenToComeBack_isNotTriedBefore_withAFallbackOrWithout(boolean fallback) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        if (fallback) {
            fixture.account("b", "1000 / 1s");
            fixture.tier("a").tier("b");
        }
        client.then(client.limits(SHORT, FailureKind.UNAVAILABLE, Duration.ofSeconds(1), Reach.ACCOUNT));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        CompletableFuture<Completion> another = fixture.ask("another");
        fixture.advance(Duration.ofSeconds(3));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("a");
        assertThat(another).isCompleted();
        assertThat(client.callTimes().get(1) - client.callTimes().get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void emptyAnswer_isAFaultOnce_andAnotherTargetIsAskedAtOnce_ofTheNextTierToo(boolean tiers) {
        ScriptedClient empty = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        if (tiers) {
            fixture.tier("a").tier("b");
        }
        empty.usually(empty.answersAfter(SHORT, ""));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(120));
        assertThat(answer).isCompleted();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(empty.calls()).isEqualTo(1);
        assertThat(fixture.status("a").failures()).containsEntry(FailureKind.UNAVAILABLE, 1L);
    }

    @Test
    void emptyAnswersFromEverybody_areTheAnswer_andAreNotStored() {
        ScriptedCache cache = new ScriptedCache(fixture.timeline);
        fixture.cache("memory", cache);
        ScriptedClient first = fixture.account("a", "1000 / 1s");
        ScriptedClient second = fixture.account("b", "1000 / 1s");
        first.usually(first.answersAfter(SHORT, ""));
        second.usually(second.answersAfter(SHORT, ""));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        assertThat(answer.join().text()).isEmpty();
        assertThat(first.calls() + second.calls()).isEqualTo(2);
        fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(first.calls() + second.calls()).isEqualTo(4);
    }

    @Test
    void emptyAnswerWhereNothingElseMayBeTried_isTheAnswer() {
        fixture.route(route ->
                EngineFixture.with(route, new Retries(1, Duration.ofMillis(500), Duration.ofSeconds(15), 0.2, 10)));
        ScriptedClient alone = fixture.account("a", "1000 / 1s");
        alone.usually(alone.answersAfter(SHORT, ""));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        assertThat(answer.join().text()).isEmpty();
        assertThat(alone.calls()).isEqualTo(1);
    }

    /** An absurd Retry-After locked its account for a month. */
    @ParameterizedTest
    @EnumSource(names = {"RATE_LIMITED", "QUOTA_EXHAUSTED"})
    void limitThatAsksToWaitForWeeks_isTriedByOneCallAfterADay(FailureKind kind) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.limits(SHORT, kind, Duration.ofDays(31), Reach.ACCOUNT));
        List<CompletableFuture<Completion>> answers = fixture.askMany(3);
        fixture.advance(Duration.ofDays(1).minusSeconds(1));
        int first = client.calls();
        fixture.advance(Duration.ofSeconds(2));
        assertThat(client.calls()).isEqualTo(first + 1);
        client.usually(client.answersAfter(SHORT));
        fixture.advance(Duration.ofDays(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    /** It was held for a longer one that wasn't believed. */
    @Test
    void quotaThatComesBackAfterADay_isOpenToAllThen() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.QUOTA_EXHAUSTED, Duration.ofDays(1), Reach.ACCOUNT));
        fixture.askMany(3);
        fixture.advance(Duration.ofDays(1).minusSeconds(1));
        client.usually(client.answersAfter(Duration.ofSeconds(10)));
        int before = client.calls();
        fixture.advance(Duration.ofSeconds(1).plus(SHORT));
        assertThat(client.calls()).isEqualTo(before + 3);
    }

    @ParameterizedTest
    @EnumSource(names = {"OVERLOADED", "UNAVAILABLE"})
    void failureThatAsksToWaitForWeeks_isProbedAfterAnHour(FailureKind kind) {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.then(client.limits(SHORT, kind, Duration.ofDays(31), Reach.ACCOUNT));
        CompletableFuture<Completion> first = fixture.ask("q");
        fixture.advance(Duration.ofHours(1).minusSeconds(1));
        assertThat(first).isNotDone();
        assertThat(fixture.status().waiting())
                .as("in the line, not apart from it")
                .isEqualTo(1);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.COOLING);
        CompletableFuture<Completion> next = fixture.ask("another");
        fixture.advance(Duration.ofMillis(900));
        assertThat(client.calls()).isEqualTo(1);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(first).isCompleted();
        assertThat(next).isCompleted();
    }

    @Test
    void promptThatAFailedServiceAsksToWait_goesToANewAccountAtOnce() {
        ScriptedClient client = fixture.account("a", "1000 / 1s");
        client.usually(client.limits(SHORT, FailureKind.OVERLOADED, Duration.ofDays(1), Reach.ACCOUNT));
        fixture.tier("a");
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        fixture.account("b", "1000 / 1s");
        fixture.route("default", "a", "b").reload();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    @Test
    void promptThatNeedsNoCall_earnsNoRetry_onesThatDoEarnSome() {
        fixture.route(route -> EngineFixture.with(route, new Retries(3, SHORT, SHORT, 0.1, 0.01)));
        fixture.account("good", "1000 / 1s");
        ScriptedClient bad = fixture.account("bad", "1000 / 1s");
        bad.usually(bad.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        fixture.cache("near", new ScriptedCache(fixture.timeline));
        for (int again = 0; again < 20; again++) {
            fixture.askOf("good", "stored");
            fixture.advance(Duration.ofMillis(200));
        }
        assertThat(fixture.status().prompts().fromCache()).isEqualTo(19);
        fixture.askOf("bad", "q");
        fixture.advance(Duration.ofSeconds(5));
        assertThat(bad.calls()).isEqualTo(2);
        for (int again = 0; again < 20; again++) {
            fixture.askOf("good", "fresh " + again);
        }
        fixture.advance(Duration.ofMillis(200));
        fixture.askOf("bad", "r");
        fixture.advance(Duration.ofSeconds(5));
        assertThat(bad.calls()).isEqualTo(2 + 3);
    }

    @Test
    void noResponseAtAll_isNoticedAfterTheTimeoutForTheFirstByte() {
        fixture.route(route -> route.withTimeouts(Timeouts.DEFAULT.withFirstByte(Duration.ofSeconds(5))));
        ScriptedClient silent = fixture.account("a", "1000 / 1s");
        fixture.account("b", "1000 / 1s");
        silent.usually(silent.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(5_100));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(silent.cancelled()).isEqualTo(1);
    }

    @Test
    void responseThatHasBegun_mayTakeLongerThanTheTimeoutForTheFirstByte() {
        fixture.route(route -> route.withTimeouts(Timeouts.DEFAULT.withFirstByte(Duration.ofSeconds(5))));
        ScriptedClient slow = fixture.account("a", "1000 / 1s");
        slow.usually((prompt, model, sink) -> {
            sink.sent();
            sink.firstByte();
            return slow.answersAfter(Duration.ofSeconds(60)).run(prompt, model, sink);
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMinutes(1));
        assertThat(answer).isCompleted();
        assertThat(slow.calls()).isEqualTo(1);
    }

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void pause_staysBelowItsDoublingBound() {
        SplittableRandom random = new SplittableRandom(1);
        for (int failures = 0; failures < 200; failures++) {
            long bound = (long) Math.min(15 * SECOND, 0.5 * SECOND * Math.pow(2, failures));
            assertThat(FailurePolicy.backoffNanos(failures, Retries.DEFAULT, random))
                    .isBetween(0L, bound);
        }
    }
}
