package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OneEndSinkTest {

    private static final AnswerEnd END = new AnswerEnd(FinishReason.STOP, Optional.empty(), "M");
    private static final Failure FAILURE = Failure.of(FailureKind.UNAVAILABLE, "gone");

    private final AttemptSink sink = mock(AttemptSink.class);
    private final OneEndSink guarded = new OneEndSink(sink);

    @Test
    void afterTheEnd_nothingIsPassedOn() {
        guarded.done(END);
        guarded.failed(FAILURE);
        guarded.done(END);
        guarded.delta(new Delta.Text("late"));

        verify(sink).done(END);
        verifyNoMoreInteractions(sink);
    }

    @Test
    void afterAFailure_nothingIsPassedOn() {
        guarded.failed(FAILURE);
        guarded.done(END);

        verify(sink).failed(FAILURE);
        verifyNoMoreInteractions(sink);
    }

    @Test
    void silenced_passesNothingOn() {
        guarded.silence();
        guarded.sent();
        guarded.firstByte();
        guarded.delta(new Delta.Text("late"));
        guarded.failed(FAILURE);

        verifyNoMoreInteractions(sink);
    }

    @Test
    void repeatedProgress_isToldOnce() {
        guarded.sent();
        guarded.sent();
        guarded.firstByte();
        guarded.firstByte();
        guarded.delta(new Delta.Text("a"));
        guarded.delta(new Delta.Text("b"));

        verify(sink).sent();
        verify(sink).firstByte();
        verify(sink, times(2)).delta(any());
    }

    @Test
    void streaming_isWhatTheSinkWants() {
        when(sink.streaming()).thenReturn(true);

        assertThat(guarded.streaming()).isTrue();
    }
}
