package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.settings.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers in one piece that take much longer than others: when another account is asked, and what that costs those
 * whose answers do take long. A prompt's text says how many milliseconds its answer takes.
 */
final class LateAnswersTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration WHOLE = Timeouts.DEFAULT.longest(false);
    private static final int SHORT = 400;
    private static final int MANY = 400;

    private final EngineFixture fixture = new EngineFixture();
    private final List<ScriptedClient> clients = new ArrayList<>();
    private int asked;

    /** A prompt, and how long it took. */
    private final class Question {

        private final int millis;
        private final long beganNanos = fixture.timeline.nanoTime();
        private final CompletableFuture<Completion> answer;
        private double seconds;

        Question(int millis, Duration deadline) {
            this.millis = millis;
            Prompt.Builder prompt = Prompt.builder().user(millis + " " + asked++);
            if (!deadline.isZero()) {
                prompt.deadline(deadline);
            }
            answer = fixture.ask(prompt.build());
            answer.whenComplete((done, failed) -> seconds = (fixture.timeline.nanoTime() - beganNanos) / 1e9);
        }

        /** Returns how much longer it took than its answer takes. */
        double lost() {
            return seconds - millis / 1e3;
        }

        int calls() {
            return answer.join().origin().attempts();
        }
    }

    /** Accounts that take for a prompt as long as its text says, or as long as they take for any. */
    private ScriptedClient account(String id, String... limits) {
        ScriptedClient client = fixture.account(id, limits);
        clients.add(client);
        return client.usually(
                (prompt, model, sink) -> client.answersAfter(timeOf(prompt)).run(prompt, model, sink));
    }

    private static Duration timeOf(Prompt prompt) {
        String text = prompt.messages().get(0).text();
        return Duration.ofMillis(Integer.parseInt(text.substring(0, text.indexOf(' '))));
    }

    private Question ask(int millis) {
        return new Question(millis, Duration.ZERO);
    }

    private List<Question> askMany(int count, IntSupplier millis) {
        return Stream.generate(() -> ask(millis.getAsInt())).limit(count).toList();
    }

    /** Each account answers many prompts in so long. */
    private void usually(int millis) {
        for (int time = 0; time < MANY; time++) {
            for (ScriptedClient client : clients) {
                ask(millis);
            }
            fixture.advance(Duration.ofMillis(millis + 1));
        }
    }

    /** An account doesn't answer its next call, which is for the prompt that is returned. */
    private Question unanswered(ScriptedClient client) {
        client.then(client.hangs());
        return on(client);
    }

    private Question on(ScriptedClient client) {
        int before = client.calls();
        Question question = ask(SHORT);
        return client.calls() > before ? question : ask(SHORT);
    }

    @ParameterizedTest
    @CsvSource({"400, 5", "1600, 5", "2000, 10", "8000, 25", "9900, 30", "10100, 120"})
    void oneCallStaysUnanswered_anotherAccountIsAsked_afterThreeTimesWhatNearlyAllTake(int usual, double seconds) {
        ScriptedClient silent = account("a");
        account("b");
        usually(usual);
        Question question = unanswered(silent);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(seconds, seconds + 0.1);
        assertThat(question.answer.join().origin().account()).isEqualTo("b");
    }

    @Test
    void oneAnswerTookLong_aLateCallEndsNoLater() {
        ScriptedClient silent = account("a");
        account("b");
        usually(SHORT);
        Question one = new Question(20_000, Duration.ofMinutes(1));
        Question other = new Question(20_000, Duration.ofMinutes(1));
        fixture.advance(Duration.ofSeconds(20));
        Question question = unanswered(silent);
        fixture.advance(WHOLE);
        assertThat(List.of(one, other))
                .allSatisfy(each -> assertThat(each.lost()).isBetween(0.0, 0.1));
        assertThat(question.lost()).isBetween(5.0, 5.1);
    }

    @Test
    void callsStayUnansweredTimeAndAgain_eachEndsAsSoonAsTheFirst() {
        ScriptedClient silent = account("a");
        account("b");
        usually(SHORT);
        for (int time = 0; time < 10; time++) {
            silent.then(silent.hangs());
            List<Question> questions = askMany(8, () -> SHORT);
            fixture.advance(Duration.ofSeconds(10));
            assertThat(questions.stream().mapToDouble(Question::lost).max()).hasValueCloseTo(5.05, within(0.05));
        }
    }

    @Test
    void littleIsKnown_aCallMayTakeTheWholeTime() {
        ScriptedClient silent = account("a");
        account("b");
        for (int time = 0; time < 60; time++) {
            askMany(2, () -> SHORT);
            fixture.advance(SECOND);
        }
        Question question = unanswered(silent);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(120.0, 120.1);
    }

    @Test
    void firstByteIsSet_aCallMayTakeTheWholeTime() {
        fixture.route(route -> route.withTimeouts(Timeouts.DEFAULT.withFirstByte(WHOLE)));
        ScriptedClient silent = account("a");
        account("b");
        usually(SHORT);
        Question question = unanswered(silent);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(120.0, 120.1);
    }

    @Test
    void noOtherAccountHasRoom_aCallMayTakeTheWholeTime() {
        ScriptedClient silent = account("a");
        account("b", MANY + " / 1h");
        usually(SHORT);
        Question question = unanswered(silent);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(120.0, 121.0);
    }

    @Test
    void errorWhoseBodyHangs_isNoLateAnswer() {
        ScriptedClient refusing = account("a");
        account("b");
        usually(SHORT);
        refusing.then(refusing.refusesAndHangs(
                Duration.ofMillis(SHORT), Failure.of(FailureKind.UNAVAILABLE, "the service is down")));
        Question question = on(refusing);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(120.0, 121.0);
    }

    /** Fifty callers ask one prompt after the other; so many in a thousand of the answers take longer than 1 s. */
    @ParameterizedTest
    @CsvSource({"50, 60, 110", "10, 60, 110", "10, 10, 30", "3, 60, 110"})
    void someAnswersTakeLong_fewPromptsAreSentAgain_andNoneLosesMuch(int perMille, int least, int most) {
        fewAreSentAgain(perMille, least, most);
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"50, 60, 60", "300, 60, 110", "1, 60, 110"})
    void hardlyAnyOrManyTakeLong_fewPromptsAreSentAgain_andNoneLosesMuch(int perMille, int least, int most) {
        fewAreSentAgain(perMille, least, most);
    }

    private void fewAreSentAgain(int perMille, int least, int most) {
        SplittableRandom random = new SplittableRandom(perMille + least + most);
        account("a");
        account("b");
        List<Question> questions = new ArrayList<>();
        int callers = 50;
        int each = 400;
        for (int caller = 0; caller < callers; caller++) {
            askOn(
                    questions,
                    each,
                    () -> random.nextInt(1_000) < perMille
                            ? random.nextInt(least * 1_000, most * 1_000 + 1)
                            : random.nextInt(500, 1_500));
        }
        fixture.run();
        List<Question> again =
                questions.stream().filter(question -> question.calls() > 1).toList();
        double lost = again.stream().mapToDouble(Question::lost).sum();
        double all =
                questions.stream().mapToDouble(question -> question.seconds).sum();
        assertThat(questions).hasSize(callers * each).allSatisfy(question -> {
            assertThat(question.calls()).isLessThanOrEqualTo(2);
            assertThat(question.lost()).isLessThan(31);
        });
        assertThat(again).hasSizeLessThan(questions.size() / 800);
        assertThat(lost / all).isLessThan(0.012);
    }

    private void askOn(List<Question> questions, int left, IntSupplier millis) {
        if (left > 0) {
            Question question = ask(millis.getAsInt());
            questions.add(question);
            question.answer.whenComplete((done, failed) -> askOn(questions, left - 1, millis));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allAnswersBecomeLong_twoCallsOfEachAccountAreMadeAgain_alsoIfOneWasSilentBefore(boolean silentBefore) {
        SplittableRandom random = new SplittableRandom(1);
        ScriptedClient first = account("a");
        account("b");
        usually(SHORT);
        if (silentBefore) {
            unanswered(first);
            usually(SHORT);
        }
        List<Question> questions = askMany(100, () -> random.nextInt(60_000, 110_000));
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(questions).allSatisfy(question -> assertThat(question.lost()).isLessThan(15.1));
        assertThat(questions.stream().filter(question -> question.calls() > 1)).hasSizeLessThanOrEqualTo(4);
    }

    /** Its answer would be another one, and it may refuse the prompt. */
    @Test
    void fallbackOfAnotherModel_isNotAskedInstead() {
        ScriptedClient silent = account("a");
        account("b");
        fixture.tier("a/big").tier("b/small");
        usually(SHORT);
        Question question = unanswered(silent);
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.lost()).isBetween(120.0, 120.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deadline", "caller's timeout", "withdrawn", "joined by one with a deadline"})
    void callerWhoCannotWaitForAnotherCall_keepsThisOne(String why) {
        account("a");
        account("b");
        usually(SHORT);
        Prompt patient = Prompt.of("50000 seldom so long");
        Prompt hurried = patient.toBuilder().deadline(WHOLE).build();
        CompletableFuture<Completion> answer = fixture.ask(
                switch (why) {
                    case "deadline" -> hurried;
                    case "caller's timeout" ->
                        patient.toBuilder().callerTimeout(WHOLE).build();
                    default -> patient;
                });
        if (why.equals("withdrawn")) {
            fixture.engine().withdraw(answer);
        } else if (why.startsWith("joined")) {
            fixture.ask(hurried);
        }
        fixture.advance(Duration.ofSeconds(51));
        assertThat(answer.join().origin().attempts()).isEqualTo(1);
    }

    @Test
    void accountFallsSilent_itsCallsEndOnceOneOfThemIsAnsweredElsewhere() {
        ScriptedClient silent = account("a");
        account("b");
        usually(SHORT);
        silent.usually(silent.hangs());
        List<Question> questions = askMany(40, () -> SHORT);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(questions).allSatisfy(question -> assertThat(question.lost()).isLessThan(10.1));
        assertThat(questions.stream().filter(question -> question.calls() > 1)).hasSize(20);
    }

    @Test
    void callWasCutOff_theNextOnesMayTakeTheWholeTime_andItIsNeitherATimeoutNorAnAttempt() {
        ScriptedClient first = account("a");
        ScriptedClient second = account("b");
        usually(SHORT);
        first.then(first.hangs()).then(first.hangs());
        second.then(second.hangs()).then(second.hangs());
        Question question = new Question(SHORT, Duration.ofHours(1));
        fixture.advance(WHOLE.multipliedBy(2).plusSeconds(4));
        assertThat(question.answer).isNotDone();
        fixture.advance(Duration.ofSeconds(2));
        assertThat(failure(question.answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure(question.answer).attempts()).hasSize(3);
    }

    @Test
    void callWasCutOff_itsFallbackMayTakeTheWholeTime_althoughThatHasAnEqual() {
        account("a");
        account("b");
        account("c");
        fixture.tier("a").tier("b", "c");
        usually(SHORT);
        clients.get(1).usually(clients.get(1).answersAfter(Duration.ofSeconds(60)));
        clients.get(2).usually(clients.get(2).answersAfter(Duration.ofSeconds(60)));
        Question question = ask(60_000);
        fixture.advance(WHOLE);
        assertThat(question.lost()).isBetween(5.0, 5.1);
    }

    @ParameterizedTest
    @CsvSource({"400, 30, 24000", "400, 120, 110000", "3000, 120, 109000", "9000, 120, 111000"})
    void promptHasADeadline_itIsKept_howeverSeldomAnswersTakeSoLong(int usual, int deadline, int millis) {
        account("a");
        account("b");
        usually(usual);
        Question question = new Question(millis, Duration.ofSeconds(deadline));
        fixture.advance(WHOLE.plus(SECOND));
        assertThat(question.answer).isCompleted();
    }
}
