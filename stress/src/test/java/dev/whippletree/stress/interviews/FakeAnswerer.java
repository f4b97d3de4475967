package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Answers each prompt after a time; what it answers to the n-th, counted from 1, can be changed. Confined to one
 * thread.
 */
final class FakeAnswerer implements Function<Prompt, CompletableFuture<Completion>> {

    private final Timeline timeline;
    private final Duration latency;
    private final LongFunction<Optional<String>> instead;
    private long asked;
    private int underWay;
    private int mostUnderWay;

    FakeAnswerer(Timeline timeline, Duration latency, LongFunction<Optional<String>> instead) {
        this.timeline = timeline;
        this.latency = latency;
        this.instead = instead;
    }

    FakeAnswerer(Timeline timeline, Duration latency) {
        this(timeline, latency, number -> Optional.empty());
    }

    @Override
    public CompletableFuture<Completion> apply(Prompt prompt) {
        CompletableFuture<Completion> future = new CompletableFuture<>();
        String text = instead.apply(++asked).orElseGet(() -> Answers.text(ChatMessage.of(prompt.messages()), "m"));
        mostUnderWay = Math.max(mostUnderWay, ++underWay);
        timeline.schedule(latency.toNanos(), () -> {
            underWay--;
            if (text.equals("fail")) {
                future.completeExceptionally(new IllegalStateException("nobody answered"));
            } else {
                future.complete(completion(text));
            }
        });
        return future;
    }

    long asked() {
        return asked;
    }

    int mostUnderWay() {
        return mostUnderWay;
    }

    private static Completion completion(String text) {
        Origin origin = new Origin(Origin.Source.CALL, "account-1", "m", 1, Duration.ZERO, Optional.empty());
        return new Completion(text, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin);
    }
}
