package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.settings.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that are silent: how soon that is noticed, and who is asked then. */
final class EngineTimeoutTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration WHOLE = Timeouts.DEFAULT.longest(false);
    private static final Duration HOUR = Duration.ofHours(1);

    private final EngineFixture fixture = new EngineFixture();

    private ScriptedClient silent(String id) {
        ScriptedClient client = fixture.account(id);
        return client.usually(client.hangs());
    }

    private ScriptedClient answering(String id) {
        ScriptedClient client = fixture.account(id);
        return client.usually(client.answersAfter(SHORT));
    }

    /**
     * Asks for a stream whose first piece must come within an hour; returns how long it takes to its end, in seconds.
     */
    private double secondsOfStream(String text) {
        long before = fixture.timeline.nanoTime();
        CompletableFuture<Completion> whole = ReadingCaller.of(
                        fixture.engine(),
                        Prompt.builder().user(text).firstPieceWithin(HOUR).build())
                .whole();
        while (!whole.isDone()) {
            fixture.advance(SHORT);
        }
        return (fixture.timeline.nanoTime() - before) / 1e9;
    }

    /** The account whose answers to streams begin and end after so long, with one behind it that answers at once. */
    private ScriptedClient slowWithFallback(int seconds) {
        ScriptedClient slow = fixture.account("a");
        slow.usually(slow.answersAfter(Duration.ofSeconds(seconds)));
        answering("b");
        fixture.tier("a").tier("b");
        return slow;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorWhoseBodyHangs_isThatError_whicheverTimeoutEndsItsCall(boolean streaming) {
        Timeouts timeouts = new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
        fixture.route(route -> route.withTimeouts(timeouts));
        ScriptedClient refusing = fixture.account("a");
        refusing.usually(
                refusing.refusesAndHangs(SHORT, Failure.of(FailureKind.UNAUTHORIZED, "the service gave no reason")));
        Prompt prompt = Prompt.builder().user("q").build();
        CompletableFuture<Completion> answer =
                streaming ? ReadingCaller.of(fixture.engine(), prompt).whole() : fixture.ask(prompt);
        fixture.advance(Duration.ofSeconds(streaming ? 1 : 2));
        assertThat(failure(answer).kind()).contains(FailureKind.UNAUTHORIZED);
        assertThat(failure(answer).attempts()).hasSize(1);
        assertThat(refusing.cancelled()).isEqualTo(1);
        assertThat(failure(fixture.ask("next")).attempts())
                .as("the account is off")
                .isEmpty();
    }

    @Test
    void oneOfEqualsIsSilent_theNextTierGoesFirst() {
        ScriptedClient first = silent("a");
        ScriptedClient second = silent("b");
        answering("c");
        fixture.tier("a", "b").tier("c");
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(WHOLE.plus(SHORT));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("c");
        assertThat(first.calls() + second.calls()).isEqualTo(1);
    }

    @Test
    void oneOfEqualsIsSilent_andNoOtherTierCanAnswer_itsEqualDoes() {
        silent("a");
        answering("b");
        ScriptedClient off = fixture.account("c");
        off.usually(off.failsAfter(SHORT, FailureKind.UNAUTHORIZED));
        fixture.tier("a", "b").tier("c");
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(WHOLE.plus(SHORT.multipliedBy(2)));
        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().account()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void silentService_isSaidToBeAfterTwoTimeouts_howeverManyAccountsThereAre(int accounts) {
        for (int number = 0; number < accounts; number++) {
            silent("account " + number);
        }
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(WHOLE.multipliedBy(2).plusSeconds(1));
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure(answer).attempts()).hasSize(2);
        assertThat(failure(answer).tried())
                .isBetween(WHOLE.multipliedBy(2), WHOLE.multipliedBy(2).plusSeconds(1));
    }

    /** A wait in line isn't a try, and a call under way is one. */
    @Test
    void timeOfTrying_isFromTheFirstCallOn() {
        ScriptedClient client = fixture.account("a", "1 / 60s");
        client.usually(client.hangs());
        fixture.ask("before");
        fixture.advance(SHORT);
        Duration deadline = Duration.ofSeconds(90);
        CompletableFuture<Completion> answer = fixture.ask("q", deadline);
        fixture.advance(deadline);
        assertThat(failure(answer).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(failure(answer).tried()).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(30));
    }

    @Test
    void anotherFailureAfterATimeout_isNoSecondTimeout() {
        ScriptedClient silent = fixture.account("a");
        silent.then(silent.hangs());
        ScriptedClient broken = fixture.account("b");
        broken.then(broken.failsAfter(SHORT, FailureKind.OVERLOADED));
        fixture.tier("a").tier("b");
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void serviceThatHasAnsweredFallsSilent_aPromptWithADeadlineHasTwoTimeouts_oneWithoutOutlastsThat(int accounts) {
        for (int number = 0; number < accounts; number++) {
            ScriptedClient client = fixture.account("account " + number);
            client.then(client.answersAfter(SHORT)).usually(client.hangs());
            fixture.timeline.schedule(
                    Duration.ofMinutes(12).toNanos(), () -> client.usually(client.answersAfter(SHORT)));
        }
        fixture.askMany("earlier ", accounts);
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> within = fixture.ask("within", HOUR);
        CompletableFuture<Completion> whenever = fixture.ask("whenever");
        CompletableFuture<Completion> hurried = fixture.ask("whenever", HOUR);
        fixture.advance(WHOLE.multipliedBy(2).plusSeconds(1));
        assertThat(failure(within).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure(within).attempts()).hasSize(2);
        fixture.advance(Duration.ofMinutes(20));
        assertThat(whenever).isCompleted();
        assertThat(hurried).as("who shares the call of one who waits").isCompleted();
    }

    /** The model's answers, one after the other, begin after so many seconds (-: never); its fallback's do at once. */
    @ParameterizedTest
    @CsvSource({
        ", 20 20 20 20, 12 20 20 20",
        ", 20 20 7 0 - -, 12 20 7 0 12 30",
        ", - - -, 12 30 12",
        ", 7 - - -, 7 21 30 12",
        "40, 20 - -, 20 40 40"
    })
    void firstPieceDoesntCome_theFallbackIsAsked_afterThreeTimesTheLastTime_orWhatIsSet(
            Integer set, String begins, String seconds) {
        if (set != null) {
            fixture.route(route -> route.withTimeouts(Timeouts.DEFAULT.withFirstToken(Duration.ofSeconds(set))));
        }
        ScriptedClient slow = slowWithFallback(0);
        List<String> took = new ArrayList<>();
        for (String begin : begins.split(" ")) {
            slow.then(
                    begin.equals("-")
                            ? slow.hangs()
                            : slow.answersAfter(
                                    Duration.ofSeconds(Integer.parseInt(begin)).plus(SHORT)));
            took.add(String.valueOf((int) secondsOfStream("q " + took.size())));
        }
        assertThat(took).containsExactly(seconds.split(" "));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void silentService_tellsAStreamSoAfterAMinute(int accounts) {
        for (int number = 0; number < accounts; number++) {
            silent("account " + number);
        }
        assertThat(secondsOfStream("q")).isBetween(60.0, 61.0);
    }

    @Test
    void fallbackIsOff_aStreamMayBeginAfter30Seconds() {
        slowWithFallback(20);
        ScriptedClient off = fixture.account("b");
        off.usually(off.failsAfter(SHORT, FailureKind.UNAUTHORIZED));
        CompletableFuture<Completion> refused = fixture.ask(
                Prompt.builder().user("to b").account("b").model("model").build());
        fixture.advance(Duration.ofSeconds(1));
        assertThat(refused).isCompletedExceptionally();
        assertThat(secondsOfStream("q")).isBetween(20.0, 20.1);
    }
}
