package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Times;
import dev.whippletree.planner.PlannedAccount.Target;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded of a run of two accounts, by the minute. */
class RecorderTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final AccountPool POOL = AccountPool.parse("huggingface:1x4/min,groq:1x10/2m");
    private static final Target FIRST = PlannedAccount.of(POOL).get(0).targets().get(0);
    private static final Target SECOND =
            PlannedAccount.of(POOL).get(1).targets().get(0);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final Recorder recorder = new Recorder(timeline);
    private final AttemptSink sink = mock(AttemptSink.class);

    private static Completion from(Origin.Source source, int waitedSeconds) {
        Origin origin = new Origin(source, "any", "m", 1, Duration.ofSeconds(waitedSeconds), Optional.empty());
        return new Completion("text", Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin);
    }

    private static AnswerEnd end(long promptTokens, long completionTokens) {
        return new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(promptTokens, completionTokens)), "m");
    }

    private static Times times(int p50, int p95, int worst) {
        return new Times(Duration.ofSeconds(p50), Duration.ofSeconds(p95), Duration.ofSeconds(worst));
    }

    /** Three are asked at once, and one a minute later, which is never answered. */
    private void record() {
        Recorder.Asked first = recorder.asked();
        Recorder.Asked second = recorder.asked();
        Recorder.Asked third = recorder.asked();
        recorder.call(FIRST, sink).failed(Failure.of(FailureKind.RATE_LIMITED, "no"));
        recorder.call(FIRST, sink).failed(Failure.of(FailureKind.QUOTA_EXHAUSTED, "no"));
        recorder.call(FIRST, sink).failed(Failure.of(FailureKind.UNAVAILABLE, "no"));
        recorder.call(FIRST, sink).done(end(10, 20));
        recorder.call(SECOND, sink).done(end(1, 2));
        recorder.call(SECOND, sink).done(end(3, 4));
        timeline.advance(Duration.ofSeconds(30));
        first.ended(from(Origin.Source.CALL, 5));
        second.ended(from(Origin.Source.JOINED, 1));
        second.ended(from(Origin.Source.JOINED, 9));
        timeline.advance(Duration.ofSeconds(40));
        recorder.call(SECOND, sink).done(end(5, 6));
        recorder.asked();
        third.ended(null);
        recorder.asked().ended(from(Origin.Source.CACHE, 0));
        timeline.advance(Duration.ofSeconds(60));
        recorder.close();
    }

    @Test
    void minutes_haveWhatWasAskedAndAnswered_andWhatIsOpen() {
        record();

        assertThat(timetable(recorder, POOL).minutes())
                .containsExactly(
                        minute(1, 3, 2, 0, 1, List.of(4L, 2L), List.of(0.5, 0.2), 1, 5, 5),
                        minute(2, 2, 1, 1, 0, List.of(0L, 1L), List.of(0.0, 0.3), 1, 50, 50),
                        minute(3, 0, 0, 0, 0, List.of(0L, 0L), List.of(0.0, 0.1), 1, 60, 60));
    }

    private static Timetable timetable(Recorder recorder, AccountPool pool) {
        Allowance allowance = new Allowance(PlanRequest.of(List.of(1), pool));
        return new Timetable(recorder, PlannedAccount.of(pool), LimitSlot.of(pool, allowance));
    }

    /** Seven calls at once, and seven more as soon as a window of a minute and a half allows them. */
    @Test
    void windowOfNoWholeMinutes_isFullAtMost() {
        AccountPool pool = AccountPool.parse("huggingface:1x7/90s");
        Recorder calls = new Recorder(timeline);
        IntStream.range(0, 7).forEach(number -> calls.call(FIRST, sink));
        timeline.advance(Duration.ofSeconds(90));
        IntStream.range(0, 7).forEach(number -> calls.call(FIRST, sink));
        timeline.advance(MINUTE);
        calls.asked();
        calls.close();

        assertThat(timetable(calls, pool).minutes())
                .extracting(Minute::limitShares)
                .containsExactly(List.of(1.0), List.of(1.0), List.of(1.0));
    }

    @Test
    void limitOfLessThanAMinute_isTakenByTheMinute() {
        IntStream.range(0, 3).forEach(number -> recorder.call(FIRST, sink));
        timeline.advance(MINUTE.minusNanos(1));
        recorder.asked();
        recorder.close();

        assertThat(timetable(recorder, AccountPool.parse("huggingface:1x2/30s")).minutes())
                .extracting(Minute::limitShares)
                .containsExactly(List.of(0.75));
    }

    private static Minute minute(
            int number,
            long asked,
            long answered,
            long fromCache,
            long joined,
            List<Long> calls,
            List<Double> shares,
            long open,
            int p95,
            int worst) {
        return new Minute(
                number,
                asked,
                answered,
                fromCache,
                joined,
                calls.stream().mapToLong(Long::longValue).sum(),
                calls,
                shares,
                open,
                Duration.ofSeconds(p95),
                Duration.ofSeconds(worst));
    }

    @Test
    void whole_hasTheTimesOfThoseToo_whoWaitInTheEnd() {
        record();

        assertThat(recorder.took()).isEqualTo(times(30, 60, 60));
        assertThat(recorder.waited()).isEqualTo(times(1, 60, 60));
        assertThat(recorder.failed()).isEqualTo(1);
        assertThat(recorder.lastAnswerNanos()).isEqualTo(Duration.ofSeconds(70).toNanos());
        assertThat(recorder.tokens(FIRST)).isEqualTo(TokenUsage.of(10, 20));
        assertThat(recorder.tokens(SECOND)).isEqualTo(TokenUsage.of(9, 12));
    }

    @ParameterizedTest
    @CsvSource({"179, 180", "180, 0"})
    void seconds_areKeptOfShortRuns(int length, int seconds) {
        timeline.advance(Duration.ofSeconds(length));
        recorder.asked();
        recorder.close();

        assertThat(timetable(recorder, POOL).seconds()).hasSize(seconds);
    }

    /** The last prompt is asked at second 70 and waits until 130. */
    @Test
    void seconds_haveThoseWhoWait() {
        record();

        List<Minute> seconds = timetable(recorder, POOL).seconds();
        assertThat(seconds).hasSize(130);
        assertThat(IntStream.of(69, 70, 71, 129)
                        .mapToObj(second -> seconds.get(second).worstWaited().toSeconds()))
                .containsExactly(0L, 1L, 2L, 60L);
    }
}
