package dev.whippletree.engine.run;

import dev.whippletree.time.Timeline;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Guards asynchronous calls of plugins: failures, exceptions and timeouts count as faults, and a default replaces the
 * result. Thread-safe; never blocks.
 */
public final class PluginCall {

    private final Timeline timeline;
    private final long timeoutNanos;

    /**
     * Creates one.
     *
     * @param timeoutNanos after which silence is a fault
     */
    public PluginCall(Timeline timeline, long timeoutNanos) {
        this.timeline = timeline;
        this.timeoutNanos = timeoutNanos;
    }

    /** That a plugin hasn't answered in time. */
    public static final class SilenceException extends RuntimeException {

        private static final long serialVersionUID = 1;

        SilenceException() {
            super("no answer in time");
        }
    }

    /**
     * Asks something.
     *
     * @param substitute what takes the place of the answer if there is none
     * @param fault is told why there is none
     * @param outcome is told the answer or the substitute, exactly once, after the fault
     */
    public <T> void ask(
            Supplier<CompletionStage<T>> question, T substitute, Consumer<Throwable> fault, Consumer<T> outcome) {
        askAndHearLate(
                question,
                failure -> {
                    fault.accept(failure);
                    return substitute;
                },
                late -> {},
                outcome);
    }

    /**
     * Asks something whose answer counts whenever it comes.
     *
     * @param substitute gives what takes the place of the answer by why there is none: a {@link SilenceException} if it didn't
     *     come in time
     * @param late is told an answer that comes after the substitute has taken its place
     * @param outcome is told the answer or the substitute, exactly once
     */
    public <T> void askAndHearLate(
            Supplier<CompletionStage<T>> question,
            Function<Throwable, T> substitute,
            Consumer<T> late,
            Consumer<T> outcome) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        answer.whenComplete((value, failure) -> outcome.accept(failure == null ? value : substitute.apply(failure)));
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(question.get(), "a plugin gave no stage");
        } catch (Throwable e) {
            answer.completeExceptionally(e);
            return;
        }
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (value == null) {
                answer.completeExceptionally(new NullPointerException("a plugin answered null"));
            } else if (!answer.complete(value)) {
                late.accept(value);
            }
        });
        if (!answer.isDone()) {
            Timeline.Timer timer =
                    timeline.schedule(timeoutNanos, () -> answer.completeExceptionally(new SilenceException()));
            answer.whenComplete((value, failure) -> timer.cancel());
        }
    }
}
