package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Prompts that a service refuses as if the credential, the credit or the model were at fault, and those that really
 * are.
 */
final class DoubtsTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration ANSWER = Duration.ofMillis(400);
    private static final String POISON = "poison";

    private final EngineFixture fixture = new EngineFixture();
    private final List<ScriptedClient> clients = new ArrayList<>();
    private int asked;

    private static Failure refusal(FailureKind kind) {
        return new Failure(kind, "not you", OptionalInt.of(403), Optional.empty(), Optional.empty(), Reach.PROMPT);
    }

    private ScriptedClient account(String id) {
        ScriptedClient client = fixture.account(id);
        clients.add(client);
        return client.usually(poisoned(client, FailureKind.UNAUTHORIZED));
    }

    /** Answers all prompts but those that are poisoned. */
    private static ScriptedClient.Behaviour poisoned(ScriptedClient client, FailureKind kind) {
        return (prompt, model, sink) -> {
            boolean bad = prompt.messages().get(0).text().startsWith(POISON);
            return (bad ? client.failsAfter(SHORT, refusal(kind)) : client.answersAfter(ANSWER))
                    .run(prompt, model, sink);
        };
    }

    private CompletableFuture<Completion> ask(String text, String tenant) {
        return fixture.ask(
                Prompt.builder().user(text + " " + asked++).tenant(tenant).build());
    }

    /** Asks one after the other, each as soon as the one before has ended. */
    private PromptException refused(String text, String tenant) {
        CompletableFuture<Completion> answer = ask(text, tenant);
        fixture.advance(ANSWER);
        return failure(answer);
    }

    private void answered(int prompts, String tenant) {
        for (int prompt = 0; prompt < prompts; prompt++) {
            CompletableFuture<Completion> answer = ask("good", tenant);
            fixture.advance(ANSWER.plus(SHORT).plus(SHORT));
            assertThat(answer).as("good prompt %d", asked).isCompleted();
        }
    }

    private int calls() {
        return clients.stream().mapToInt(ScriptedClient::calls).sum();
    }

    private void assertNothingIsClosed() {
        assertThat(fixture.status().accounts())
                .allSatisfy(account -> assertThat(account.state())
                        .as("%s: %s", account.id(), account.reason())
                        .isEqualTo(AccountState.OPEN));
    }

    @Test
    void refusalOfAPrompt_isNotCountedAsOneOfTheToken() {
        account("a");
        answered(1, "one");
        assertThat(refused(POISON, "one").attempts().get(0)).hasToString("account a, model: REFUSED (403): not you");
        assertThat(fixture.status().accounts().get(0).failures()).containsOnlyKeys(FailureKind.REJECTED);
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHORIZED, 1, 1", "UNAUTHORIZED, 3, 30", "QUOTA_EXHAUSTED, 1, 10", "MODEL_UNAVAILABLE, 3, 10"})
    void thousandPoisonedPromptsOfOneClient_amongGoodOnes_closeNothing(FailureKind kind, int accounts, int row) {
        for (int account = 0; account < accounts; account++) {
            ScriptedClient client = account("a" + account);
            client.usually(poisoned(client, kind));
        }
        answered(100, "one");
        for (int bad = 0; bad < 1000; bad++) {
            PromptException failure = refused(POISON, "one");
            assertThat(failure.reason()).isEqualTo(Reason.REJECTED);
            assertThat(failure).hasMessageEndingWith("prompt refused (403): not you");
            if (bad % row == row - 1) {
                assertNothingIsClosed();
                answered(1, "one");
            }
        }
        answered(100, "one");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 4", "3, 30"})
    void poisonedAndGoodPromptsAtOnce_inWhateverOrder_closeNothing(int accounts, int concurrency) {
        for (int account = 0; account < accounts; account++) {
            account("a" + account);
        }
        answered(20, "one");
        SplittableRandom random = new SplittableRandom(concurrency);
        List<CompletableFuture<Completion>> good = new ArrayList<>();
        List<CompletableFuture<Completion>> bad = new ArrayList<>();
        while (bad.size() < 1000) {
            boolean isGood = random.nextInt(5) == 0;
            (isGood ? good : bad).add(ask(isGood ? "good" : POISON, "one"));
            fixture.advance(Duration.ofMillis(random.nextInt(1 + 20 / concurrency)));
        }
        assertNothingIsClosed();
        fixture.advance(Duration.ofSeconds(10));
        assertThat(good)
                .hasSizeGreaterThan(200)
                .allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(bad).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void poisonedPromptsOfOneClientInARow_closeNothingForOthers() {
        account("a");
        answered(1, "good one");
        answered(1, "poisoner");
        for (int bad = 0; bad < 1000; bad++) {
            refused(POISON, "poisoner");
        }
        assertNothingIsClosed();
        answered(100, "good one");
        fixture.advance(Duration.ofMinutes(61)); // After an hour nobody but the poisoner matters.
        for (int bad = 0; bad < 100; bad++) {
            refused(POISON, "poisoner");
        }
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
    }

    @Test
    void clientWhosePromptWasRefusedInAnEarlierRow_isNoneOfTheNext() {
        account("a");
        answered(1, "poisoner");
        refused(POISON, "good one");
        answered(1, "good one");
        for (int bad = 0; bad < 200; bad++) {
            refused(POISON, "poisoner");
        }
        assertNothingIsClosed();
    }

    @Test
    void poisonedPrompt_isAskedOnceOfEachAccount_thenOfAnotherService() {
        account("a");
        account("b");
        ScriptedClient other = fixture.account("other");
        fixture.tier("a", "b").tier("other");
        answered(2, "one");
        CompletableFuture<Completion> answer = ask(POISON, "one");
        fixture.advance(ANSWER);
        assertThat(answer).isCompleted();
        assertThat(calls()).as("two answers and two refusals").isEqualTo(4);
        assertThat(other.calls()).isEqualTo(1);
        assertNothingIsClosed();
    }

    @Test
    void accountsThatAreRefusedTogether_loseNoPromptThatAThirdOneAnswers() {
        ScriptedClient first = account("a");
        ScriptedClient second = account("b");
        account("c");
        answered(3, "one");
        first.usually(first.failsAfter(SHORT, refusal(FailureKind.QUOTA_EXHAUSTED)));
        second.usually(second.failsAfter(SHORT, refusal(FailureKind.QUOTA_EXHAUSTED)));
        answered(400, "one");
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        assertThat(fixture.status("b").state()).isEqualTo(AccountState.OFF);
        assertThat(first.calls() + second.calls()).isLessThan(350);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAUTHORIZED", "QUOTA_EXHAUSTED", "MODEL_UNAVAILABLE"})
    void whatReallyIsRefused_isClosedAfterAHundredPromptsOfOneClient_andCheckedEachMinute(FailureKind kind) {
        ScriptedClient client = account("a");
        answered(10, "one");
        client.usually(client.failsAfter(SHORT, refusal(kind)));
        for (int prompt = 0; prompt < 99; prompt++) {
            assertThat(refused("good", "one").reason()).isEqualTo(Reason.REJECTED);
        }
        assertNothingIsClosed();
        refused("good", "one");
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        PromptException failure = refused("good", "one");
        assertThat(failure.reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(failure.roomAt()).isPresent();
        assertThat(calls()).isEqualTo(110);
        for (int second = 0; second < 3600; second++) {
            ask("good", "one");
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(calls() - 110).as("probes in an hour").isBetween(500, 700);
        client.usually(client.answersAfter(SHORT));
        fixture.advance(Duration.ofMinutes(1));
        answered(10, "one");
        assertNothingIsClosed();
    }

    /** It was refused once for a reason of its own; whoever sends bad prompts all the time must not keep it closed. */
    @Test
    void closedTarget_isFoundOpenAgain_thoughOneClientsPromptsAreAllBad() {
        ScriptedClient client = account("a");
        answered(10, "good");
        client.usually(client.failsAfter(SHORT, refusal(FailureKind.UNAUTHORIZED)));
        for (int prompt = 0; prompt < 110; prompt++) {
            refused("good", prompt % 10 == 0 ? "good" : "bad");
        }
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        client.usually(poisoned(client, FailureKind.UNAUTHORIZED));
        CompletableFuture<Completion> good = ask("good", "good");
        for (int tenth = 0; tenth < 1200; tenth++) {
            if (tenth % 21 == 20) {
                good = ask("good", "good");
            } else {
                ask(POISON, "bad");
            }
            fixture.advance(Duration.ofMillis(100));
        }
        fixture.advance(ANSWER);
        assertThat(good).isCompleted();
        assertNothingIsClosed();
    }

    @Test
    void accountWhosePromptsAnotherOneAnswers_isClosedAfterAHundred_whateverIsPoisonedMeanwhile() {
        ScriptedClient client = account("a");
        account("b");
        answered(4, "one");
        client.usually(client.failsAfter(SHORT, refusal(FailureKind.UNAUTHORIZED)));
        int before = client.calls();
        for (int prompt = 0; prompt < 400; prompt++) {
            answered(1, "one");
            refused(POISON, "one");
        }
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        assertThat(fixture.status("b").state()).isEqualTo(AccountState.OPEN);
        assertThat(client.calls() - before).as("half of them poisoned").isBetween(200, 320);
    }

    @Test
    void promptRefusedAsWrong_endsTheRow() {
        ScriptedClient client = account("a");
        answered(1, "one");
        for (int row = 0; row < 3; row++) {
            for (int prompt = 0; prompt < 99; prompt++) {
                refused(POISON, "one");
            }
            client.then(client.failsAfter(SHORT, FailureKind.REJECTED));
            refused("wrong", "one");
        }
        assertNothingIsClosed();
    }

    @ParameterizedTest
    @CsvSource({"19, OFF", "21, OPEN"})
    void callInFlightForTwiceAsLongAsARefusal_endsTheRow(int millis, AccountState state) {
        account("a");
        answered(1, "one");
        for (int prompt = 0; prompt < 99; prompt++) {
            refused(POISON, "one");
        }
        ask("good", "one");
        fixture.advance(Duration.ofMillis(millis).minus(SHORT));
        ask(POISON, "one");
        fixture.advance(SHORT);
        assertThat(fixture.status("a").state()).isEqualTo(state);
    }

    @Test
    void whatNeverAnswered_isOffAtOnce_andOpenAtTheNextAnswer() {
        account("a");
        assertThat(refused(POISON, "one").reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        assertThat(fixture.status("a").failures()).containsOnlyKeys(FailureKind.UNAUTHORIZED);
        answered(3, "one");
        assertNothingIsClosed();
    }

    @Test
    void whatRefusesEverythingFromTheStart_costsFewCalls_andNoPromptWaits() {
        ScriptedClient client = account("a");
        client.usually(client.failsAfter(SHORT, refusal(FailureKind.UNAUTHORIZED)));
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int prompt = 0; prompt < 500; prompt++) {
            answers.add(ask("good", "one"));
        }
        fixture.advance(Duration.ofMillis(900));
        assertThat(client.calls()).isBetween(10, 15);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ACCOUNT));
    }

    @Test
    void accountsThatNeverAnswered_areAllOff_butForWhatOneThatWorksRefusesToo() {
        account("a");
        account("b");
        refused(POISON, "one");
        assertThat(fixture.status().accounts())
                .allSatisfy(account -> assertThat(account.state()).isEqualTo(AccountState.OFF));
        answered(1, "one");
        refused(POISON, "one");
        answered(5, "one");
        assertNothingIsClosed();
    }

    @Test
    void answerToACallThatBeganBeforeTheFirstRefusal_opensWhatNeverAnswered() {
        account("a");
        CompletableFuture<Completion> good = ask("good", "one");
        CompletableFuture<Completion> bad = ask(POISON, "one");
        fixture.advance(SHORT);
        assertThat(failure(bad).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
        fixture.advance(ANSWER);
        assertThat(good).isCompleted();
        assertNothingIsClosed();
    }

    @Test
    void modelThatIsGone_leavesTheAccountsOtherModelsAlone() {
        ScriptedClient client = fixture.account("a");
        clients.add(client);
        fixture.tier("a/old").tier("a/new");
        client.usually(client.answersAfter(SHORT));
        answered(5, "one");
        client.usually(ScriptedClient.byModel(Map.of(
                "old", client.failsAfter(SHORT, refusal(FailureKind.MODEL_UNAVAILABLE)),
                "new", client.answersAfter(SHORT))));
        answered(150, "one");
        assertThat(client.models().stream().filter("old"::equals)).hasSizeLessThan(5 + 100 + 60);
    }
}
