package dev.whippletree.cli.stress.processes;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot.Coordination;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A Whippletree's connection to the state that several processes share. Confined to one thread. */
final class Connection {

    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

    private final Whippletree whippletree;
    private final Timeline timeline;
    private final CompletableFuture<Void> made = new CompletableFuture<>();

    Connection(Whippletree whippletree, Timeline timeline) {
        this.whippletree = whippletree;
        this.timeline = timeline;
    }

    /** Blocks until it is made, if anything is shared; or until so much time has passed that it won't be. */
    void await() {
        // A cache doesn't say whether it is connected, but has nothing to remove before it is.
        whippletree
                .clearCaches(Optional.empty())
                .handle((removed, failure) -> removed)
                .join();
        look(timeline.nanoTime() + LONGEST_NANOS);
        made.join();
    }

    private void look(long untilNanos) {
        boolean connected =
                whippletree.status().coordination().map(Coordination::connected).orElse(true);
        if (connected || timeline.nanoTime() - untilNanos >= 0) {
            made.complete(null);
        } else {
            timeline.schedule(LOOK_NANOS, () -> look(untilNanos));
        }
    }
}
