package dev.whippletree.gateway.http;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Waits for something, but not forever. Stateless. */
public final class Patience {

    private Patience() {}

    /** Returns a future that ends when an event does, however that ends, or after a time; never exceptionally. */
    public static CompletableFuture<Void> atMost(Duration most, CompletableFuture<?> event, Timeline timeline) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Timeline.Timer timer = timeline.schedule(most.toNanos(), () -> ended.complete(null));
        var unused = event.whenComplete((result, failure) -> {
            timer.cancel();
            ended.complete(null);
        });
        return ended;
    }
}
