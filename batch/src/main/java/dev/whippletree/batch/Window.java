package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;

/**
 * The number of items asked at once: as many as the accounts may have under way, and as many again in the waiting
 * line, so that a prompt is ready whenever a call ends; at most the line's size. Confined to the run.
 */
final class Window {

    private static final int FEWEST = 8;

    private final Whippletree whippletree;
    private int most = FEWEST;

    Window(Whippletree whippletree) {
        this.whippletree = whippletree;
    }

    /** Learns how many that is by now. */
    void look(StatusSnapshot status) {
        long atOnce = status.accounts().stream()
                .mapToLong(StatusSnapshot.AccountStatus::maxConcurrency)
                .sum();
        int line = whippletree.configuration().engine().lineSizeOfATenant();
        most = (int) Math.min(Integer.MAX_VALUE, Math.max(1, atOnce) + Math.min(line, Math.max(FEWEST, atOnce)));
    }

    int most() {
        return most;
    }
}
