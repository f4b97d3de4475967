package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks plugins what they answer later. Whatever one does wrong, failing, throwing, saying nothing for too long, is a fault, and
 * something else takes the place of its answer. Thread-safe; never blocks.
 */
final class PluginCall {

    private final Timeline timeline;
    private final long timeoutNanos;

    /**
     * Creates one.
     *
     * @param timeoutNanos after which silence is a fault
     */
    PluginCall(Timeline timeline, long timeoutNanos) {
        this.timeline = timeline;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * Asks something.
     *
     * @param substitute what takes the place of the answer if there is none
     * @param fault is told why there is none
     * @param outcome is told the answer or the substitute, exactly once, after the fault
     */
    <T> void ask(Supplier<CompletionStage<T>> question, T substitute, Consumer<Throwable> fault, Consumer<T> outcome) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        answer.whenComplete((value, failure) -> {
            if (failure != null) {
                fault.accept(failure);
            }
            outcome.accept(failure == null && value != null ? value : substitute);
        });
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(question.get(), "a plugin gave no stage");
        } catch (Throwable e) {
            answer.completeExceptionally(e);
            return;
        }
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        if (!answer.isDone()) {
            Timeline.Timer timer = timeline.schedule(
                    timeoutNanos, () -> answer.completeExceptionally(new IllegalStateException("no answer in time")));
            answer.whenComplete((value, failure) -> timer.cancel());
        }
    }
}
