package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.settings.Retries;
import dev.whippletree.spi.Admission;
import dev.whippletree.status.Bill;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of accounts and routes, and of the prompts under way, when the topology is another. */
final class EngineReloadTest {

    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineFixture bench = new EngineFixture();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addedAccount_takesWaitingPromptsInTheirTurn_alsoIfItsProviderIsAskedFirst(boolean anotherKind) {
        ScriptedClient full = bench.member("a").limits("1 / 1h").client();
        List<String> taken = new ArrayList<>();
        bench.askMany(4);
        bench.advance(SECOND);
        if (anotherKind) {
            bench.member("b").reconnected();
        }
        noting(bench.member("b").limits("2 / 1h").client(), taken);
        bench.route("default", "a", "b").reload();
        bench.advance(SECOND);
        assertThat(full.calls()).isEqualTo(1);
        assertThat(taken).containsExactly("question 1", "question 2");
        assertThat(bench.status().waiting()).isEqualTo(1);
        assertThat(bench.status("b").calls()).isEqualTo(2);
    }

    /** Notes which prompts a client is sent. */
    private static void noting(ScriptedClient client, List<String> taken) {
        client.usually((prompt, model, sink) -> {
            taken.add(prompt.messages().get(0).text());
            return client.answersAfter(MOMENT).run(prompt, model, sink);
        });
    }

    private static Prompt prompt(String text, String session) {
        return Prompt.builder().user(text).session(session).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addedAccountThatRefusesThePrompt_orWhoseKindHas_isNotAskedForIt(boolean known) {
        bench.member("a").limits("1 / 10s");
        if (known) {
            bench.member("b").reconnected().client().refusing("it can't take this");
        }
        List<CompletableFuture<Completion>> answers = bench.askMany(2);
        bench.advance(SECOND);
        ScriptedClient added = bench.member("c").reconnected().client();
        if (!known) {
            added.refusing("it can't take this");
        }
        bench.route("default", "a", "c").reload();
        bench.run();
        assertThat(added.calls()).isZero();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void removedAccount_takesNoMore_andIsClosedWhenItsLastAttemptHasEnded() {
        ScriptedClient leaving = bench.member("a").client();
        leaving.usually(leaving.answersAfter(Duration.ofSeconds(10)));
        CompletableFuture<Completion> underWay = bench.ask("first");
        bench.advance(SECOND);
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        CompletableFuture<Completion> next = bench.ask("second");
        bench.advance(SECOND);
        assertThat(next.join().origin().account()).isEqualTo("b");
        assertThat(bench.closed).isEmpty();
        assertThat(bench.status().inFlight()).isEqualTo(1);
        bench.run();
        assertThat(underWay.join().origin().account()).isEqualTo("a");
        assertThat(leaving.cancelled()).isZero();
        assertThat(bench.closed).containsExactly("a");
        assertThat(bench.status().inFlight()).isZero();
    }

    @Test
    void removedAccountWhoseProviderThrew_isClosedToo() {
        bench.member("a").client().usually((prompt, model, sink) -> {
            throw new IllegalStateException("broken");
        });
        bench.ask("first");
        bench.advance(SECOND);
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        bench.run();
        assertThat(bench.closed).containsExactly("a");
    }

    @Test
    void removedAccountWhoseClientIsStillAtWork_isClosedAfterwards() {
        List<String> meanwhile = new ArrayList<>();
        bench.member("a").client().usually((prompt, model, sink) -> {
            bench.member("b");
            bench.without("a").route("default", "b").reload();
            sink.failed(Failure.of(FailureKind.REJECTED, "no"));
            bench.advance(SECOND);
            meanwhile.addAll(bench.closed);
            return () -> {};
        });
        bench.ask("question");
        bench.run();
        assertThat(meanwhile).isEmpty();
        assertThat(bench.closed).containsExactly("a");
    }

    @Test
    void removedAccountWithNothingUnderWay_isClosedAtOnce_andItsCallsStillCount() {
        bench.member("a");
        bench.ask("question");
        bench.run();
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        bench.run();
        assertThat(bench.closed).containsExactly("a");
        for (int again = 0; again < 2; again++) {
            assertThat(bench.status().calls()).isEqualTo(1);
            assertThat(bench.status().tokens().total()).isEqualTo(10);
            bench.reload();
        }
        assertThat(bench.closed).hasSize(1);
    }

    private List<Tuple> bill() {
        return Bill.of(bench.status(), List.of(), Optional.empty(), LocalDate.EPOCH).items().stream()
                .map(item -> tuple(item.account(), item.model(), item.tokens().total()))
                .toList();
    }

    @Test
    void billOfARemovedAccount_stays_andGrowsWithItsAttemptsUnderWay_andIfItComesBack() {
        ScriptedClient leaving = bench.member("a").client();
        leaving.usually(leaving.answersAfter(MOMENT));
        bench.ask("answered");
        bench.advance(SECOND);
        leaving.usually(leaving.answersAfter(Duration.ofSeconds(10)));
        bench.ask("under way");
        bench.advance(SECOND);
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        assertThat(bill()).containsExactly(tuple("a", EngineFixture.MODEL, 10L));
        bench.run();
        assertThat(bill()).containsExactly(tuple("a", EngineFixture.MODEL, 20L));

        bench.member("a");
        bench.route("default", "a").reload();
        bench.ask("another");
        bench.run();

        assertThat(bill()).containsExactly(tuple("a", EngineFixture.MODEL, 30L));
        assertThat(bench.status().tokens().total()).isEqualTo(30);
    }

    @Test
    void accountsWithNewIdsAtEachReload_areListedUpToABound_andAllCount() {
        bench.member("a0");
        for (int number = 1; number <= 1_000; number++) {
            bench.ask("question " + number);
            bench.advance(SECOND);
            bench.member("a" + number);
            bench.without("a" + (number - 1)).route("default", "a" + number).reload();
        }
        bench.reload();

        assertThat(bill()).hasSize(101).contains(tuple("a999", EngineFixture.MODEL, 10L));
        assertThat(bill().get(100)).isEqualTo(tuple("(earlier)", EngineFixture.MODEL, 9_000L));
        assertThat(bench.status().tokens().total()).isEqualTo(10_000);
        assertThat(bench.status().calls()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 3", "10, 4, 4", "10, 2, 3"})
    void changedLimit_countsWhatWasUsed(int before, int after, int calls) {
        ScriptedClient client = bench.member("a").limits(before + " / 1h").client();
        bench.askMany(3);
        bench.advance(SECOND);
        bench.member("a").limits(after + " / 1h");
        bench.reload();
        for (int number = 10; number < 15; number++) {
            bench.ask("question " + number);
        }
        bench.advance(SECOND);
        assertThat(client.calls()).isEqualTo(calls);
    }

    /** The one under way leaves a window after it can have arrived at the latest, two seconds after it was sent. */
    @Test
    void limitOfAnotherWindow_countsWhatWasUsedAndWhatIsUnderWay() {
        ScriptedClient client = bench.member("a").limits("3 / 10s").client();
        bench.ask("answered");
        bench.advance(SECOND);
        client.usually(client.answersAfter(Duration.ofSeconds(3)));
        bench.ask("under way");
        bench.advance(SECOND);
        bench.member("a").limits("3 / 1m");
        bench.reload();
        assertThat(bench.status("a").limits().get(0).left()).isEqualTo(1);
        bench.askMany(3);
        bench.run();
        List<Long> seconds =
                client.callTimes().stream().map(time -> time / 1_000_000_000L).toList();
        assertThat(seconds).containsExactly(0L, 1L, 2L, 60L, 63L);
    }

    @Test
    void whatIsUnderWayAndDatedAlready_isCountedOnceByTheNewLimit() {
        ScriptedClient client = bench.member("a")
                .with(said -> said.transit(MOMENT))
                .limits("5 / 10s")
                .client();
        client.usually(client.answersAfter(Duration.ofSeconds(3)));
        bench.askMany(2);
        bench.advance(SECOND);
        bench.member("a").limits("5 / 1m");
        bench.reload();
        assertThat(bench.status("a").limits().get(0).left()).isEqualTo(3);
        bench.advance(Duration.ofSeconds(59));
        assertThat(bench.status("a").limits().get(0).left()).isEqualTo(3);
        bench.advance(MOMENT);
        assertThat(bench.status("a").limits().get(0).left()).isEqualTo(5);
    }

    /** As in {@code refusalThatLateArrivalsExplain_endsTheAssumedTransit}, but the account says what is true of it. */
    @Test
    void statedTransit_isKept_whateverRefusalsShow() {
        Duration slow = Duration.ofSeconds(5);
        ScriptedClient client = bench.member("a")
                .with(said -> said.transit(Duration.ofSeconds(2)))
                .limits("2 / 10s")
                .client();
        client.usually(client.answersAfter(slow));
        client.then(client.answersAfter(slow)).then(client.answersAfter(slow));
        client.then(client.failsAfter(
                MOMENT, ScriptedClient.limited(FailureKind.RATE_LIMITED, Duration.ofSeconds(20), Reach.ORGANIZATION)));
        bench.askMany(8);
        bench.advance(Duration.ofSeconds(70));
        List<Long> seconds =
                client.callTimes().stream().map(time -> time / 1_000_000_000L).toList();
        assertThat(seconds.subList(0, 3)).containsExactly(0L, 0L, 12L);
        List<Long> after = seconds.subList(4, seconds.size());
        assertThat(after.get(2) - after.get(0)).isEqualTo(12);
    }

    @Test
    void limitThatWasLeftOutForAWhile_hasCountedMeanwhile() {
        ScriptedClient client = bench.member("a").limits("3 / 1h").client();
        bench.ask("with");
        bench.advance(SECOND);
        bench.member("a").limits();
        bench.reload();
        bench.ask("without");
        bench.advance(SECOND);
        bench.member("a").limits("3 / 1h");
        bench.reload();
        bench.askMany(5);
        bench.advance(SECOND);
        assertThat(client.calls()).isEqualTo(3);
    }

    @Test
    void accountThatWasAwayForAWhile_hasUsedItsLimitStill() {
        bench.member("a").limits("3 / 1h");
        bench.askMany(2);
        bench.advance(SECOND);
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        bench.without("b").member("a").limits("3 / 1h");
        ScriptedClient back = bench.member("a").client();
        bench.route("default", "a").reload();
        bench.askMany(9);
        bench.advance(SECOND);
        assertThat(back.calls()).isEqualTo(1);
    }

    /** Its calls can have arrived two seconds after they were sent, so they leave the window that much later. */
    @Test
    void accountThatWasAwayForAWholeWindow_startsAnew() {
        bench.member("a").limits("3 / 1h");
        bench.askMany(2);
        bench.advance(SECOND);
        bench.member("b");
        bench.without("a").route("default", "b").reload();
        for (int minute = 0; minute < 61; minute++) {
            bench.advance(Duration.ofMinutes(1));
            bench.reload();
        }
        ScriptedClient back = bench.without("b").member("a").limits("3 / 1h").client();
        bench.route("default", "a").reload();
        bench.askMany("again ", 9);
        bench.advance(SECOND);
        assertThat(back.calls()).isEqualTo(3);
    }

    @Test
    void accountsThatTurnOutToShareAnOrganization_haveUsedTheirLimitTogether() {
        ScriptedClient first = bench.member("a").limits("10 / 1h").client();
        ScriptedClient second = bench.member("b").limits("10 / 1h").client();
        first.usually(first.answersAfter(Duration.ofSeconds(5)));
        bench.askMany(6);
        bench.advance(SECOND);
        assertThat(first.calls()).isEqualTo(3);
        bench.member("a").with(said -> said.organization("acme"));
        bench.member("b").with(said -> said.organization("acme"));
        bench.reload();
        assertThat(bench.status("a").limits().get(0).left()).isEqualTo(4);
        assertThat(bench.status("a").inFlight()).isEqualTo(3);
        for (int number = 10; number < 20; number++) {
            bench.ask("question " + number);
        }
        bench.advance(Duration.ofMinutes(1));
        assertThat(first.calls() + second.calls()).isEqualTo(10);
        assertThat(bench.status().inFlight()).isZero();
        assertThat(bench.status("b").limits().get(0).left()).isZero();
    }

    @Test
    void accountGetsAnOrganization_whatItsModelHasUsedIsKept() {
        Limit limit = Limit.requests(3, Duration.ofHours(1));
        ScriptedClient client = bench.member("a")
                .with(said -> said.limit(limit, EngineFixture.MODEL))
                .client();
        bench.route("default", "a", "a/other");
        for (String name : List.of("one", "two", "three", "four", "five")) {
            bench.ask(Prompt.builder().user(name).model(EngineFixture.MODEL).build());
            if (name.equals("two")) {
                bench.advance(SECOND);
                bench.member("a").with(said -> said.organization("acme"));
                bench.reload();
            }
        }
        bench.advance(SECOND);
        assertThat(client.calls()).isEqualTo(3);
    }

    @Test
    void limitOfAModelThatIsDeclaredNoLonger_holdsNobodyBack() {
        bench.member("a").with(said -> said.limit(Limit.requests(1, Duration.ofHours(1)), EngineFixture.MODEL));
        List<CompletableFuture<Completion>> answers = bench.askMany(3);
        bench.advance(SECOND);
        assertThat(bench.status("a").calls()).isEqualTo(1);
        bench.without("a").member("a");
        bench.reload();
        bench.advance(SECOND);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void concurrency_isTheNewOneAtOnce() {
        ScriptedClient client = bench.member("a")
                .with(said -> said.maxConcurrency(2))
                .limits("1000 / 1h")
                .client();
        client.usually(client.answersAfter(Duration.ofSeconds(10)));
        bench.askMany(20);
        bench.advance(SECOND);
        assertThat(bench.status("a").inFlight()).isEqualTo(2);
        bench.member("a").with(said -> said.maxConcurrency(5));
        bench.reload();
        bench.advance(SECOND);
        assertThat(bench.status("a").inFlight()).isEqualTo(5);
        bench.member("a").with(said -> said.maxConcurrency(1));
        bench.reload();
        bench.advance(Duration.ofMillis(8_500));
        assertThat(bench.status("a").inFlight()).isEqualTo(3);
        bench.advance(Duration.ofSeconds(5));
        assertThat(bench.status("a").inFlight()).isEqualTo(1);
        assertThat(bench.status("a").maxConcurrency()).isEqualTo(1);
    }

    @Test
    void concurrencyThatIsStillSearchedFor_keepsToTheNewBound() {
        ScriptedClient client =
                bench.member("a").with(said -> said.maxConcurrency(4)).client();
        client.usually(client.answersAfter(Duration.ofSeconds(10)));
        bench.askMany(20);
        bench.advance(SECOND);
        assertThat(bench.status("a").inFlight()).isEqualTo(4);
        bench.member("a").with(said -> said.maxConcurrency(2));
        bench.reload();
        bench.advance(Duration.ofSeconds(10));
        assertThat(bench.status("a").inFlight()).isEqualTo(2);
    }

    @Test
    void accountWithAnotherConnection_startsAnew_butForItsLimits() {
        ScriptedClient before = bench.member("a").limits("3 / 1h").client();
        before.usually(before.answersAfter(Duration.ofSeconds(10)));
        CompletableFuture<Completion> underWay = bench.ask("under way");
        bench.advance(SECOND);
        ScriptedClient after = bench.member("a").reconnected().client();
        bench.reload();
        bench.askMany(5);
        bench.advance(SECOND);
        assertThat(after.calls()).isEqualTo(2);
        assertThat(bench.status("a").calls()).isEqualTo(2);
        assertThat(bench.status().calls()).isEqualTo(3);
        bench.advance(Duration.ofSeconds(10));
        assertThat(underWay.join().text()).isEqualTo("answer");
        assertThat(bench.closed).containsExactly("a");
    }

    @Test
    void accountThatIsOffForItsToken_isTriedAtOnceWithAnother() {
        ScriptedClient client =
                bench.member("a").with(said -> said.token(Secret.of("old"))).client();
        client.then(client.failsAfter(MOMENT, FailureKind.UNAUTHORIZED));
        CompletableFuture<Completion> refused = bench.ask("first");
        bench.run();
        assertThat(failure(refused).reason()).isEqualTo(Reason.NO_ACCOUNT);
        bench.reload();
        assertThat(failure(asked("same token")).reason()).isEqualTo(Reason.NO_ACCOUNT);
        bench.member("a").with(said -> said.token(Secret.of("new")));
        bench.reload();
        assertThat(asked("other token").join().text()).isEqualTo("answer");
        assertThat(bench.status("a").state()).isEqualTo(AccountState.OPEN);
    }

    private CompletableFuture<Completion> asked(String text) {
        CompletableFuture<Completion> answer = bench.ask(text);
        bench.advance(SECOND);
        return answer;
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHORIZED, ACCOUNT, true", "UNAUTHORIZED, PROMPT, false", "QUOTA_EXHAUSTED, PROMPT, false"})
    void refusalOfATokenThatIsReplaced_saysNothingOfTheNewOne(FailureKind kind, Reach reach, boolean answered) {
        ScriptedClient client =
                bench.member("a").with(said -> said.token(Secret.of("old"))).client();
        client.then(client.limits(SECOND, kind, SECOND, reach));
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.advance(MOMENT);
        bench.member("a").with(said -> said.token(Secret.of("new")));
        bench.reload();
        bench.advance(SECOND);
        assertThat(bench.status("a").state()).isEqualTo(AccountState.OPEN);
        bench.advance(SECOND);
        assertThat(!answer.isCompletedExceptionally()).isEqualTo(answered);
    }

    @Test
    void tokenThatCannotBeRead_countsAsReplaced() {
        Secret away = Secret.from(() -> {
            throw new IllegalStateException("the file is away");
        });
        ScriptedClient client = bench.member("a").with(said -> said.token(away)).client();
        client.then(client.failsAfter(MOMENT, FailureKind.UNAUTHORIZED));
        bench.ask("refused");
        bench.advance(MOMENT);
        assertThat(bench.status("a").until()).isPresent();
        bench.reload();
        assertThat(bench.status("a").reason()).contains("the next prompt probes it: scripted UNAUTHORIZED");
    }

    @Test
    void routesBudgetOfRetries_isKept_unlessItIsAnother() {
        ScriptedClient client = bench.member("a").client();
        List<Boolean> answered = new ArrayList<>();
        for (double budget : List.of(0.1, 0.1, 0.11)) {
            bench.route(route -> EngineFixture.with(route, new Retries(2, MOMENT, MOMENT, 0, budget)))
                    .reload();
            client.then(client.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
            CompletableFuture<Completion> answer = bench.ask("question " + client.calls());
            bench.advance(SECOND);
            answered.add(answer.isDone());
        }
        assertThat(answered).containsExactly(true, false, true);
    }

    @Test
    void waitingPromptWhoseRouteIsGone_failsAndSaysSo_butWhatIsUnderWayIsAnswered() {
        bench.member("a").limits("1 / 1h");
        bench.member("b");
        bench.route("other", "b").route("mine", "a");
        Prompt.Builder mine = Prompt.builder().route("mine");
        CompletableFuture<Completion> underWay = bench.ask(mine.user("first").build());
        CompletableFuture<Completion> waiting =
                bench.ask(Prompt.builder().route("mine").user("second").build());
        bench.advance(MOMENT);
        bench.withoutRoute("mine").without("a").reload();
        bench.advance(MOMENT);
        assertThat(failure(waiting).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(failure(waiting)).hasMessageContaining("route 'mine' no longer exists");
        assertThatThrownBy(() -> bench.ask(
                                Prompt.builder().route("mine").user("third").build())
                        .join())
                .hasCauseInstanceOf(ConfigurationException.class);
        bench.run();
        assertThat(underWay.join().text()).isEqualTo("answer");
        assertThat(bench.status().waiting()).isZero();
        assertThat(bench.status().prompts().underWay()).isZero();
    }

    @Test
    void attemptThatFails_whoseRouteIsGone_isNotMadeAgain() {
        ScriptedClient client = bench.member("a").client();
        client.usually(client.failsAfter(SECOND, FailureKind.UNAVAILABLE));
        bench.route("other", "a").route("mine", "a");
        CompletableFuture<Completion> underWay =
                bench.ask(Prompt.builder().route("mine").user("first").build());
        bench.advance(MOMENT);
        bench.withoutRoute("mine").reload();
        bench.run();
        assertThat(failure(underWay).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void promptForAnAccountThatIsGone_failsAndSaysSo() {
        bench.member("a").limits("1 / 1h");
        bench.member("b");
        bench.ask("takes all of it");
        CompletableFuture<Completion> waiting = bench.askOf("a", "question");
        bench.ask("takes all of it, too");
        CompletableFuture<Completion> second = bench.askOf("a", "another");
        bench.advance(SECOND);
        bench.without("a").route("default", "b").reload();
        bench.advance(MOMENT);
        assertThat(List.of(waiting, second))
                .filteredOn(CompletableFuture::isCompletedExceptionally)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(failure(answer))
                        .hasMessageContaining("account 'a' isn't on route 'default' any more"));
        assertThat(bench.status().waiting()).isZero();
    }

    @Test
    void tenantsKeepTheirTurns_howeverManySessionsTheyHave() {
        bench.member("a").limits("1 / 1h");
        bench.ask("now");
        bench.advance(MOMENT);
        for (int number = 0; number < 6; number++) {
            bench.ask(prompt("x" + number, "session " + number).toBuilder()
                    .tenant("x")
                    .build());
        }
        for (int number = 0; number < 3; number++) {
            bench.ask(prompt("y" + number, "session").toBuilder().tenant("y").build());
        }
        ScriptedClient added = bench.member("b").reconnected().client();
        List<String> served = new ArrayList<>();
        noting(added, served);
        bench.route("default", "a", "b").reload();
        bench.run();
        assertThat(served).containsExactly("x0", "y0", "x1", "y1", "x2", "y2", "x3", "x4", "x5");
    }

    @Test
    void sessionKeepsItsTurns_alsoWhenTheLineIsEmptyWhileItsPromptsAreAtTheEntrance() {
        bench.member("a").limits("1 / 1h");
        bench.ask("now");
        bench.advance(MOMENT);
        for (int number = 0; number < 4; number++) {
            bench.ask(prompt("x" + number, "x"));
        }
        bench.ask(prompt("y0", "y"));
        ScriptedClient after = bench.member("b").reconnected().limits("1 / 10s").client();
        List<String> served = new ArrayList<>();
        noting(after, served);
        bench.without("a").route("default", "b").reload();
        bench.advance(MOMENT);
        bench.ask(prompt("x4", "x"));
        bench.ask(prompt("y1", "y"));
        bench.run();
        assertThat(served).containsExactly("x0", "y0", "x1", "y1", "x2", "x3", "x4");
    }

    @Test
    void promptsThatPassTheEntranceAgain_keepTheirTurnsBesideThoseThatNeedNot() {
        bench.member("a").limits("1 / 1h");
        bench.member("b").reconnected().limits("1 / 1h");
        bench.askMany(2);
        bench.advance(MOMENT);
        for (int number = 0; number < 3; number++) {
            bench.ask(prompt("x" + number, "x"));
        }
        bench.without("b").route("default", "a").reload();
        for (int number = 0; number < 2; number++) {
            bench.ask(prompt("y" + number, "y"));
        }
        ScriptedClient added = bench.member("c").reconnected().limits("3 / 1h").client();
        List<String> served = new ArrayList<>();
        noting(added, served);
        bench.route("default", "a", "c").reload();
        bench.run();
        assertThat(served).startsWith("x0", "y0", "x1");
    }

    @Test
    void promptWhoseCallHasFailed_hasHadItsTurn_alsoWhenItPassesTheEntranceAgain() {
        ScriptedClient before =
                bench.member("a").with(said -> said.maxConcurrency(1)).client();
        before.then(before.answersAfter(SECOND));
        before.then(before.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        before.usually(before.answersAfter(SECOND.multipliedBy(9)));
        for (String name : List.of("z0", "x0", "x1", "y0", "y1")) {
            bench.ask(Prompt.builder().user(name).tenant(name.substring(0, 1)).build());
        }
        bench.advance(SECOND.plus(MOMENT));
        ScriptedClient after = bench.member("a").reconnected().client();
        List<String> served = new ArrayList<>();
        after.usually((prompt, model, sink) -> {
            served.add(prompt.messages().get(0).text());
            return after.answersAfter(SECOND.multipliedBy(9)).run(prompt, model, sink);
        });
        bench.reload();
        bench.run();
        assertThat(served).containsExactly("x1", "y1", "x0");
    }

    /** The budget has one retry at first, and half of one for each prompt. */
    @Test
    void batchPromptHurriedAfterItsCall_earnsNoSecondPartOfARetry_whenItPassesTheEntranceAgain() {
        bench.route(route -> EngineFixture.with(route, new Retries(2, SECOND, SECOND, 0.5, 0.001)));
        ScriptedClient before = bench.member("a").client();
        before.usually(before.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        Prompt.Builder wanted = Prompt.builder().user("wanted");
        bench.ask(wanted.priority(Priority.BATCH).build());
        bench.advance(MOMENT);
        bench.ask(wanted.priority(Priority.INTERACTIVE).build());
        ScriptedClient after = bench.member("b").reconnected().client();
        after.usually(after.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        bench.without("a").route("default", "b").reload();
        bench.advance(SECOND.multipliedBy(10));
        assertThat(after.calls()).isEqualTo(1);
        bench.run();
        assertThat(after.calls()).isEqualTo(2);
    }

    @Test
    void equalPromptAfterAReload_joinsWhatIsUnderWay() {
        ScriptedClient client = bench.member("a").client();
        client.usually(client.answersAfter(Duration.ofSeconds(10)));
        CompletableFuture<Completion> first = bench.ask("question");
        bench.advance(SECOND);
        bench.member("b");
        bench.route("default", "a", "b").reload();
        CompletableFuture<Completion> second = bench.ask("question");
        bench.run();
        assertThat(first.join().origin().source()).isEqualTo(Origin.Source.CALL);
        assertThat(second.join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void answerByAModelThatItsKeyDoesNotName_isNotStored() {
        ScriptedCache cache = new ScriptedCache(bench.timeline);
        bench.cache("memory", cache).member("a").limits("1 / 1h");
        bench.askMany(2);
        bench.advance(SECOND);
        bench.member("b");
        bench.route("default", "b/another model").reload();
        bench.run();
        assertThat(bench.status("b").answered()).isEqualTo(1);
        assertThat(cache.entries()).hasSize(1);
    }

    @Test
    void pausedPrompt_goesOnByTheNewRoute() {
        ScriptedClient client = bench.member("a").client();
        client.usually(client.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.status().waiting() + bench.status().inFlight()).isZero();
        bench.member("b").reconnected();
        bench.without("a").route("default", "b").reload();
        bench.run();
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    @Test
    void pausedPromptThatHasFailedOnAllThatAreLeft_fails() {
        ScriptedClient broken = bench.member("a").client();
        broken.usually(broken.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        bench.member("b").limits("1 / 1h");
        bench.ask("takes all of b");
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.advance(Duration.ofSeconds(5));
        CompletableFuture<Completion> other = bench.ask("another");
        bench.advance(Duration.ofSeconds(5));
        bench.without("b").route("default", "a").reload();
        bench.run();
        assertThat(List.of(answer, other)).anySatisfy(failed -> {
            assertThat(failure(failed).reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(failure(failed)).hasMessageStartingWith("no other account may answer this prompt:");
        });
    }

    @Test
    void attemptsThatFailed_areStillCounted() {
        ScriptedClient client = bench.member("a").client();
        client.usually(client.failsAfter(MOMENT, FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.advance(MOMENT.multipliedBy(2));
        bench.route(route -> route.toBuilder().patience(SECOND).build()).reload();
        bench.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(client.calls()).isEqualTo(Retries.DEFAULT.attemptsPerTarget());
    }

    @Test
    void refusals_areStillCounted_alsoIfTheAccountMovesToAnotherOrganization() {
        ScriptedClient client = bench.member("a").client();
        client.usually(client.failsAfter(MOMENT, FailureKind.RATE_LIMITED));
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.advance(SECOND.multipliedBy(10));
        assertThat(client.calls()).isBetween(3, 15);
        bench.member("a").with(said -> said.organization("another"));
        bench.reload();
        bench.advance(Duration.ofHours(2));
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(client.calls()).isEqualTo(20);
    }

    @Test
    void statusTellsOfTheNewOnesAtOnce() {
        bench.member("a");
        bench.ask("question");
        bench.member("b");
        bench.without("a")
                .route("new", "b")
                .withoutRoute("default")
                .notes("said anew", "said anew")
                .reload();
        assertThat(bench.status().accounts())
                .singleElement()
                .satisfies(account -> assertThat(account.id()).isEqualTo("b"));
        assertThat(bench.status().notes()).containsExactly("said anew");
        CompletableFuture<Completion> answer = bench.ask("to the default route");
        bench.run();
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    @Test
    void routeToNobody_changesNothing() {
        bench.member("a").limits("2 / 1h");
        bench.ask("question");
        bench.run();
        Topology there = bench.topology();
        Topology broken = new Topology(List.of(), there.routes(), "default", List.of(), List.of());
        assertThatThrownBy(() -> bench.engine().reload(broken, client -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a'");
        CompletableFuture<Completion> answer = bench.ask("another");
        bench.run();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(bench.status("a").limits().get(0).left()).isZero();
    }

    @Test
    void prompt_whoseProviderIsAskedWhileTheRouteChanges_goesByTheNewOne() {
        ScriptedClient before = bench.member("a").client();
        before.admits(() -> {
            bench.member("b").reconnected();
            bench.without("a").route("default", "b").reload();
            return Admission.NONE;
        });
        CompletableFuture<Completion> answer = bench.ask("question");
        bench.run();
        assertThat(answer.join().origin().account()).isEqualTo("b");
        assertThat(before.calls()).isZero();
    }
}
