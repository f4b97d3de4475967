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
     * @param timeoutNanos the time after which silence is a fault
     */
    public PluginCall(Timeline timeline, long timeoutNanos) {
        this.timeline = timeline;
        this.timeoutNanos = timeoutNanos;
    }

    /** A plugin hasn't answered in time. */
    public static final class SilenceException extends RuntimeException {

        private static final long serialVersionUID = 1;

        SilenceException() {
            super("no answer in time", null, false, false); // Only our timer is on the stack.
        }
    }

    /**
     * Asks something.
     *
     * @param substitute stands in for a missing answer
     * @param fault gets the reason why there is none
     * @param outcome gets the answer or the substitute, exactly once, after the fault
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
     * Asks something, and passes on an answer even if it comes late.
     *
     * @param substitute makes the stand-in from the reason: a {@link SilenceException} if the answer didn't come in
     *     time
     * @param late gets an answer that comes after the substitute
     * @param outcome is told the answer or the substitute, exactly once
     */
    public <T> void askAndHearLate(
            Supplier<CompletionStage<T>> question,
            Function<Throwable, T> substitute,
            Consumer<T> late,
            Consumer<T> outcome) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        // Not whenComplete: it would pass the failure on, and ask it for its message.
        answer.handle((value, failure) -> {
            outcome.accept(failure == null ? value : substitute.apply(failure));
            return true;
        });
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(
                    PluginTasks.hearing(answer::completeExceptionally, question), "a plugin gave no stage");
        } catch (Throwable e) {
            answer.completeExceptionally(e);
            return;
        }
        stage.handle((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (value == null) {
                answer.completeExceptionally(new NullPointerException("a plugin answered null"));
            } else if (!answer.complete(value)) {
                late.accept(value);
            }
            return true;
        });
        if (!answer.isDone()) {
            Timeline.Timer timer =
                    timeline.schedule(timeoutNanos, () -> answer.completeExceptionally(new SilenceException()));
            answer.handle((value, failure) -> {
                timer.cancel();
                return true;
            });
        }
    }
}
