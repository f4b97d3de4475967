package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What one process asks its meeting point: if it can't, or isn't answered in time, it answers itself. Each question is
 * answered once, or fails when this is closed. Thread-safe; stages are completed outside of its guard.
 */
final class FakeQuestions {

    private final FakeLink link;
    private final Services services;
    private final Duration answerWithin;
    private final Set<CompletableFuture<?>> unanswered = new LinkedHashSet<>();
    private volatile boolean closed;

    /**
     * What the meeting point is asked.
     *
     * @param remotely what it answers
     * @param alone what this process answers itself if it can't ask; called while no other question is answered
     * @param taken what is done with the answer before it is given; called while no other question is answered
     * @param late what is done with an answer that isn't wanted any more
     */
    record Question<T>(Supplier<T> remotely, Supplier<T> alone, Consumer<T> taken, Consumer<T> late) {}

    FakeQuestions(FakeLink link, Services services, Duration answerWithin) {
        this.link = link;
        this.services = services;
        this.answerWithin = answerWithin;
    }

    <T> CompletionStage<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedAlready());
            }
            unanswered.add(answer);
        }
        if (link.isCutOff()) {
            answer(answer, question, question.alone());
            return answer;
        }
        send(() -> {
            T remote = question.remotely().get();
            send(() -> {
                if (!answer(answer, question, () -> remote)) {
                    question.late().accept(remote);
                }
            });
        });
        if (!answer.isDone()) {
            Cancellable timer = services.schedule(answerWithin, () -> answer(answer, question, question.alone()));
            answer.whenComplete((value, failure) -> timer.cancel());
        }
        return answer;
    }

    /** Returns whether the answer was still wanted. */
    private <T> boolean answer(CompletableFuture<T> answer, Question<T> question, Supplier<T> source) {
        T value;
        synchronized (this) {
            if (!unanswered.remove(answer)) {
                return false;
            }
            value = source.get();
            question.taken().accept(value);
        }
        return answer.complete(value);
    }

    /** Sends a message to which there is no answer, in either direction. */
    void send(Runnable message) {
        link.send(services, message);
    }

    boolean isClosed() {
        return closed;
    }

    /** Fails what isn't answered, and whatever is asked from now on; returns whether this is the first time. */
    boolean close() {
        List<CompletableFuture<?>> all;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            all = List.copyOf(unanswered);
            unanswered.clear();
        }
        all.forEach(question -> question.completeExceptionally(closedAlready()));
        return true;
    }

    private static IllegalStateException closedAlready() {
        return new IllegalStateException("the coordination is closed");
    }
}
