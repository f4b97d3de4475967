package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers are told of a prompt without an answer: all of the message, and when to ask again. */
final class PromptErrorsTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    private final EngineFixture fixture = onTheSecondDay();
    private final Instant start = fixture.timeline.now();

    private static EngineFixture onTheSecondDay() {
        VirtualTimeline timeline = new VirtualTimeline(42);
        timeline.advance(Duration.ofDays(1));
        return new EngineFixture(timeline);
    }

    /** Each line of the message but the first is that of a failure or an account. */
    private void assertFailed(
            CompletableFuture<Completion> answer, Reason reason, @Nullable Duration roomAfter, String... lines) {
        PromptException failure = failure(answer);
        assertThat(failure).hasMessage(String.join(System.lineSeparator() + "  ", lines));
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.roomAt()).isEqualTo(Optional.ofNullable(roomAfter).map(start::plus));
    }

    private Prompt pinned(String... accounts) {
        return Prompt.builder().user("q").accounts(List.of(accounts)).build();
    }

    @Test
    void roomThatComesTooLate_isToldToTheSecond() {
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        CompletableFuture<Completion> hurried = fixture.ask("q", Duration.ofSeconds(30));
        assertFailed(
                hurried,
                Reason.NO_ROOM_IN_TIME,
                HOUR,
                "there is no room before the deadline; there would be room at 2026-01-02T01:00:00Z");
    }

    /** It was said to be a rate limit, without a reason. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void accountThatFailsUntilTheDeadline_isNoLimit_andIsToldWithItsFailures(boolean called) {
        ScriptedClient client = fixture.account("a");
        client.usually(client.limits(SHORT, FailureKind.OVERLOADED, HOUR, Reach.ACCOUNT));
        CompletableFuture<Completion> first = fixture.ask("first", Duration.ofSeconds(5));
        fixture.advance(SHORT);
        CompletableFuture<Completion> second = fixture.ask("second", Duration.ofSeconds(5));
        fixture.advance(Duration.ofSeconds(4));
        assertFailed(
                called ? first : second,
                Reason.DEADLINE,
                HOUR.plus(SHORT),
                "no account will answer before the deadline; there would be room at 2026-01-02T01:00:01Z; failures"
                        + " until now:",
                "account a, model: " + (called ? "OVERLOADED (429): " : "") + "scripted OVERLOADED");
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void roomThatComesTooLateAfterARefusal_isToldWithTheRefusal() {
        ScriptedClient client = fixture.account("a");
        client.usually(client.limits(SHORT, FailureKind.RATE_LIMITED, HOUR, Reach.ACCOUNT));
        CompletableFuture<Completion> answer = fixture.ask("q", Duration.ofSeconds(5));
        fixture.advance(SHORT);
        assertFailed(
                answer,
                Reason.NO_ROOM_IN_TIME,
                HOUR.plus(SHORT),
                "there is no room before the deadline; there would be room at 2026-01-02T01:00:01Z; failures until now:",
                "account a, model: RATE_LIMITED (429): scripted RATE_LIMITED");
    }

    @Test
    void deadline_isToldWithWhatFailedBefore() {
        ScriptedClient client = fixture.account("a");
        client.then(client.failsAfter(SHORT, FailureKind.OVERLOADED)).usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q", Duration.ofSeconds(5));
        fixture.advance(Duration.ofSeconds(5));
        assertFailed(
                answer,
                Reason.DEADLINE,
                Duration.ofMillis(5_010),
                "no answer within 5 s; there would be room at 2026-01-02T00:00:06Z; failures until then:",
                "account a, model: OVERLOADED: scripted OVERLOADED");
        assertThat(failure(answer).kind()).contains(FailureKind.OVERLOADED);
        assertThat(failure(answer).tried()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void callersOwnTimeout_isToldWithTheWaitAndTheTurn_orWithWhatFailed() {
        fixture.account("a", "1 / 1h");
        ScriptedClient failing = fixture.account("b");
        failing.usually(failing.limits(SHORT, FailureKind.OVERLOADED, Duration.ofMinutes(9), Reach.ACCOUNT));
        fixture.askOf("a", "first");
        Duration timeout = Duration.ofSeconds(120);
        CompletableFuture<Completion> waits = fixture.ask(
                Prompt.builder().user("q").account("a").callerTimeout(timeout).build());
        CompletableFuture<Completion> failed = fixture.ask(
                Prompt.builder().user("q").account("b").callerTimeout(timeout).build());
        fixture.advance(Duration.ofSeconds(114));
        assertFailed(
                waits,
                Reason.CALLER_TIMEOUT,
                HOUR.minusSeconds(60).plusMillis(100),
                "no room for 1 h 1 min, and the caller's own timeout is 2 min; raise it, or ask again, which keeps the"
                        + " prompt's turn");
        assertFailed(
                failed,
                Reason.CALLER_TIMEOUT,
                Duration.ofMinutes(8).plus(SHORT),
                "no room for 9 min 1 s, and the caller's own timeout is 2 min; raise it, or ask again, which keeps the"
                        + " prompt's turn; failures until now:",
                "account b, model: OVERLOADED (429): scripted OVERLOADED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fullLine_isToldWithItsSetting(boolean ofTenant) {
        fixture.account("a", "1 / 1h");
        EngineSettings settings = EngineSettings.DEFAULT;
        fixture.settings(ofTenant ? settings.withTenantLineSize(1) : settings.withLineSize(1));
        fixture.ask("first");
        fixture.ask(Prompt.builder().user("second").tenant("acme").build());
        CompletableFuture<Completion> third =
                fixture.ask(Prompt.builder().user("third").tenant("acme").build());
        assertFailed(
                third,
                Reason.LINE_FULL,
                HOUR.multipliedBy(2),
                (ofTenant
                                ? "the waiting line of tenant 'acme' is full (tenant-line-size: 1)"
                                : "the waiting line is full (line-size: 1). For its weight, tenant 'acme' has the most"
                                        + " prompts in it")
                        + ", so the newest prompt of its longest session is refused; retry at 2026-01-02T02:00:00Z,"
                        + " when there would be room, send fewer prompts at once, or raise "
                        + (ofTenant ? "tenant-line-size" : "line-size"));
    }

    @Test
    void closed_takesNoPrompt() {
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        CompletableFuture<Completion> waits = fixture.ask("second");
        fixture.engine().close(Duration.ZERO);
        fixture.run();
        for (CompletableFuture<Completion> answer : List.of(waits, fixture.ask("third"))) {
            assertFailed(answer, Reason.CLOSED, null, "this Whippletree has been closed and takes no prompts");
        }
    }

    @Test
    void promptThatNoLimitAllows_isToldByItsTokens() {
        fixture.account("a", "100 tokens / 1m").counts(Admission.onEntry(90, 20));
        fixture.account("b", "100 tokens / 1m").counts(Admission.onEntry(95, 20));
        assertFailed(
                fixture.ask("q"),
                Reason.TOO_LARGE,
                null,
                "the prompt would use at least 110 tokens, which is more than a whole window of any account's limit"
                        + " allows; shorten it or lower max tokens");
    }

    @Test
    void promptThatNobodyTakes_isToldWhy_byTheAccountsItMayUse() {
        fixture.account("b").refusing("no images");
        fixture.account("a").refusing("no tools");
        fixture.account("c").refusing("no audio");
        assertFailed(
                fixture.ask(pinned("a", "b")),
                Reason.REJECTED,
                null,
                "no account can take this prompt:",
                "account a: no tools",
                "account b: no images");
    }

    @Test
    void accountsThatAreOff_areToldWithTheirNextCheck_andTheirKindIfItIsOne() {
        FailureKind[] kinds = {FailureKind.QUOTA_EXHAUSTED, FailureKind.UNAUTHORIZED, FailureKind.MODEL_UNAVAILABLE};
        String[] ids = {"a", "b", "c"};
        for (int index = 0; index < 3; index++) {
            ScriptedClient client = fixture.account(ids[index]);
            client.usually(client.failsAfter(SHORT, kinds[index]));
        }
        CompletableFuture<Completion> all = fixture.ask("q");
        fixture.advance(Duration.ofMillis(500));
        assertFailed(
                all,
                Reason.NO_ACCOUNT,
                Duration.ofMillis(1_010),
                "no account can answer:",
                "account a, model: scripted QUOTA_EXHAUSTED (checked again in 980 ms)",
                "account b, model: no token is set: scripted UNAUTHORIZED (checked again in 990 ms)",
                "account c, model: scripted MODEL_UNAVAILABLE (checked again in 1 s)");
        assertThat(failure(all).kind()).isEmpty();
        assertThat(failure(all).tried()).isEqualTo(SHORT.multipliedBy(3));
        for (int index = 0; index < 3; index++) {
            CompletableFuture<Completion> one = fixture.askOf(ids[index], "q");
            fixture.advance(Duration.ZERO);
            assertThat(failure(one).kind()).contains(kinds[index]);
            assertThat(failure(one).roomAt()).contains(start.plusMillis(1_010 + 10 * index));
            assertThat(failure(one).tried()).isZero();
        }
        fixture.advance(Duration.ofMinutes(10));
        assertThat(fixture.status("a").reason()).contains("the next prompt probes it: scripted QUOTA_EXHAUSTED");
    }

    @Test
    void accountsThatAReloadHasRemoved_areToldByName_orAsThoseTheyWere() {
        fixture.account("a", "1 / 1h");
        fixture.account("b", "1 / 1h");
        fixture.account("c");
        fixture.route("default", "a", "b", "c");
        fixture.askOf("a", "q");
        fixture.askOf("b", "q");
        CompletableFuture<Completion> one = fixture.askOf("a", "one");
        CompletableFuture<Completion> both = fixture.ask(pinned("a", "b"));
        fixture.advance(Duration.ofSeconds(1));
        fixture.without("a").without("b").route("default", "c").reload();
        fixture.advance(Duration.ofSeconds(1));
        String removed = " any more: a reload of the configuration removed it";
        assertFailed(one, Reason.NO_ACCOUNT, null, "account 'a' isn't on route 'default'" + removed);
        assertFailed(
                both,
                Reason.NO_ACCOUNT,
                null,
                "no account that may answer this prompt is on route 'default'" + removed);
    }

    @Test
    void failuresThatAreAlike_shareALine_andThereIsRoomOnceAnAccountIsTriedAgain() {
        ScriptedClient client = fixture.account("a");
        client.usually(client.failsAfter(SHORT, FailureKind.OVERLOADED));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMinutes(10));
        assertFailed(
                answer,
                Reason.ATTEMPTS_EXHAUSTED,
                Duration.ofMillis(5_020),
                "all attempts failed:",
                "account a, model: OVERLOADED: scripted OVERLOADED (2 times)");
    }

    @Test
    void refusalThatNamesNothing_ofAServiceThatNeverAnswered_isNoFaultOfThePrompt() {
        ScriptedClient unknown = fixture.account("a", "1 / 1h");
        unknown.usually(unknown.failsAfter(
                SHORT,
                new Failure(
                        FailureKind.UNAUTHORIZED,
                        "not you",
                        OptionalInt.of(403),
                        Optional.empty(),
                        Optional.empty(),
                        Reach.PROMPT)));
        ScriptedClient off = fixture.account("b");
        off.usually(off.failsAfter(SHORT, FailureKind.UNAUTHORIZED));
        fixture.askOf("b", "q");
        fixture.advance(SHORT);
        CompletableFuture<Completion> answer = fixture.ask("r");
        fixture.advance(SHORT);
        assertFailed(
                answer, Reason.NO_ACCOUNT, null, "no account can answer:", "account a, model: REFUSED (403): not you");
    }

    /** A refusal ends it as it is; anything else is told with what failed before. */
    @ParameterizedTest
    @CsvSource({
        "FILTERED, FILTERED, 'account a, model: filtered: scripted FILTERED'",
        "REJECTED, STREAM_INTERRUPTED, 'the answer broke off and couldn''t be continued: account a, model: prompt"
                + " refused: scripted REJECTED; the failures:|account a, model: UNAVAILABLE: broken|account a,"
                + " model: REJECTED: scripted REJECTED'",
        "OVERLOADED, STREAM_INTERRUPTED, 'the answer broke off and couldn''t be continued: all attempts failed:|account"
                + " a, model: UNAVAILABLE: broken|account a, model: OVERLOADED: scripted OVERLOADED'",
        "TIMEOUT, STREAM_INTERRUPTED, 'the answer broke off and couldn''t be continued, because the retry gave a"
                + " different answer (account a, model); the failures:|account a, model: UNAVAILABLE: broken'"
    })
    void answerThatBrokeOff_isToldWithAllThatFailed(FailureKind then, Reason reason, String message) {
        ScriptedClient client = fixture.account("a");
        client.then((prompt, model, sink) -> {
            sink.sent();
            sink.delta(new Delta.Text("one "));
            fixture.timeline.schedule(1_000, () -> sink.failed(Failure.of(FailureKind.UNAVAILABLE, "broken")));
            return () -> {};
        });
        client.usually(
                then == FailureKind.TIMEOUT ? client.answersAfter(SHORT, "two") : client.failsAfter(SHORT, then));
        ReadingCaller caller = ReadingCaller.of(fixture.engine(), Prompt.of("q"));
        fixture.run();
        PromptException failure = failure(caller.whole());
        assertThat(failure).hasMessage(message.replace("|", System.lineSeparator() + "  "));
        assertThat(failure.reason()).isEqualTo(reason);
    }
}
