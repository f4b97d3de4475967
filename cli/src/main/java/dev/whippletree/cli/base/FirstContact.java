package dev.whippletree.cli.base;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for a coordinator that has just been opened, for commands that show how it is: until it has connected, it is
 * neither there nor away. Stateless.
 */
public final class FirstContact {

    private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(100).toNanos();

    /** A coordinator connects, or says what is wrong, within a second; on a busy machine, within some. */
    private static final int MOST_LOOKS = 50;

    /** What it warns of it may find a moment after it has connected. */
    private static final int LOOKS_ONCE_CONNECTED = 3;

    private FirstContact() {}

    /** Returns the status once it is known, or after five seconds; absent if there is no coordinator. */
    public static Optional<CoordinatorStatus> await(Whippletree whippletree, Timeline timeline) {
        CompletableFuture<Optional<CoordinatorStatus>> known = new CompletableFuture<>();
        look(whippletree, timeline, MOST_LOOKS, known);
        return Whippletree.await(known);
    }

    private static void look(
            Whippletree whippletree,
            Timeline timeline,
            int looks,
            CompletableFuture<Optional<CoordinatorStatus>> known) {
        Optional<CoordinatorStatus> now = whippletree.status().coordination();
        boolean connected = now.filter(CoordinatorStatus::connected).isPresent();
        int rest = connected ? Math.min(looks, LOOKS_ONCE_CONNECTED) : looks;
        if (now.isEmpty() || now.get().problem().isPresent() || rest == 0) {
            known.complete(now);
        } else {
            timeline.schedule(BETWEEN_LOOKS_NANOS, () -> look(whippletree, timeline, rest - 1, known));
        }
    }
}
