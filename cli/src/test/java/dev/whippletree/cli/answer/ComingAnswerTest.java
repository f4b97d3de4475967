package dev.whippletree.cli.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class ComingAnswerTest {

    private static final Delta.End END = new Delta.End(new Completion(
            "",
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.empty(),
            new Origin(Origin.Source.CALL, "hf-1", "m", 1, Duration.ZERO, Optional.empty())));

    private final List<Delta.Piece> pieces = new ArrayList<>();
    private final ComingAnswer answer = new ComingAnswer(pieces::add);
    private final Flow.Subscription subscription = mock(Flow.Subscription.class);

    @Test
    void pieces_areHandedOnAndTheirTextIsTheAnswers() {
        answer.onSubscribe(subscription);
        answer.onNext(new Delta.Reasoning("hm"));
        answer.onNext(new Delta.Text("Yes"));
        answer.onNext(new Delta.Text("."));
        answer.onNext(END);
        answer.onComplete();
        assertThat(answer.await()).isEqualTo(new ComingAnswer.Answer("Yes.", END));
        assertThat(pieces).hasSize(3);
        answer.cancel();
        verify(subscription, never()).cancel();
    }

    @Test
    void refusal_isTheAnswersText() {
        answer.onSubscribe(subscription);
        answer.onNext(new Delta.Refusal("I can"));
        answer.onNext(new Delta.Refusal("'t."));
        answer.onNext(END);
        assertThat(answer.await().text()).isEqualTo("I can't.");
    }

    @Test
    void cancelled_withdrawsThePrompt() {
        answer.onSubscribe(subscription);
        answer.cancel();
        answer.onNext(new Delta.Text("late"));
        verify(subscription).cancel();
        assertThatThrownBy(answer::await).isInstanceOf(CancellationException.class);
        assertThat(pieces).isEmpty();
    }

    @Test
    void cancelledBeforeItBegan_asksForNothing() {
        answer.cancel();
        answer.onSubscribe(subscription);
        verify(subscription).cancel();
        verify(subscription, never()).request(Long.MAX_VALUE);
    }

    @Test
    void sinkThatThrows_endsTheWaiting() {
        ComingAnswer broken = new ComingAnswer(piece -> {
            throw new IllegalStateException("full");
        });
        broken.onSubscribe(subscription);
        broken.onNext(new Delta.Text("Yes"));
        assertThatThrownBy(broken::await).hasMessage("full");
        verify(subscription).cancel();
    }

    @Test
    void endlessStream_isNoAnswer() {
        answer.onNext(new Delta.Text("Ye"));
        answer.onComplete();
        assertThatThrownBy(answer::await).isInstanceOf(IllegalStateException.class);
    }
}
