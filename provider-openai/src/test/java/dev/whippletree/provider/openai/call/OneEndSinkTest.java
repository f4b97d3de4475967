package dev.whippletree.provider.openai.call;

import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OneEndSinkTest {

    private static final AnswerEnd END = new AnswerEnd(FinishReason.STOP, Optional.empty(), "M");
    private static final Failure FAILURE = Failure.of(FailureKind.UNAVAILABLE, "gone");

    private static final List<RateLimitReport> LIMITS = List.of(new RateLimitReport(
            Reach.MODEL,
            Limit.Unit.TOKENS,
            OptionalLong.of(1),
            OptionalLong.empty(),
            Optional.empty(),
            RateLimitReport.Refill.UNSAID,
            Optional.empty()));

    private final AttemptSink sink = mock(AttemptSink.class);
    private final OneEndSink guarded = new OneEndSink(sink);

    static Stream<Consumer<OneEndSink>> ends() {
        return Stream.of(sink -> sink.done(END), sink -> sink.failed(FAILURE), OneEndSink::silence);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void afterTheEnd_nothingIsPassedOn(Consumer<OneEndSink> end) {
        end.accept(guarded);
        clearInvocations(sink);

        guarded.sent();
        guarded.staleConnection(true);
        guarded.firstByte();
        guarded.limits(LIMITS);
        guarded.refused(FAILURE);
        guarded.delta(new Delta.Text("late"));
        guarded.done(END);
        guarded.failed(FAILURE);

        verifyNoInteractions(sink);
    }

    @Test
    void requestSentOnANewConnection_isToldAsSentAgain() {
        guarded.sent();
        guarded.staleConnection(true);
        guarded.sent();

        verify(sink, times(2)).sent();
        verify(sink).staleConnection(true);
    }

    @Test
    void before_allIsPassedOn_butProgressOnce_andNoEmptyLimits() {
        for (int time = 0; time < 2; time++) {
            guarded.sent();
            guarded.firstByte();
            guarded.limits(List.of());
            guarded.limits(LIMITS);
            guarded.refused(FAILURE);
            guarded.delta(new Delta.Text("a"));
        }
        guarded.failed(FAILURE);

        verify(sink).sent();
        verify(sink).firstByte();
        verify(sink, times(2)).limits(LIMITS);
        verify(sink, times(2)).refused(FAILURE);
        verify(sink, times(2)).delta(new Delta.Text("a"));
        verify(sink).failed(FAILURE);
        verifyNoMoreInteractions(sink);
    }
}
