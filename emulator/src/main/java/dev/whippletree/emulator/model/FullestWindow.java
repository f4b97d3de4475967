package dev.whippletree.emulator.model;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The most that any window of one length has held, wherever it starts: exact. Confined to its service's lock. */
final class FullestWindow {

    private final long windowNanos;
    private final Deque<long[]> uses = new ArrayDeque<>();
    private long held;
    private long fullest;

    FullestWindow(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /** Counts a use. The fullest window ends with a use, so it is enough to look at each of them. */
    void add(long amount, long nowNanos) {
        while (!uses.isEmpty() && nowNanos - uses.getFirst()[0] >= windowNanos) {
            held -= uses.removeFirst()[1];
        }
        uses.addLast(new long[] {nowNanos, amount});
        held += amount;
        fullest = Math.max(fullest, held);
    }

    /** Part of a use turned out not to count. What the windows held until now, they did. */
    void giveBack(long amount, long takenNanos) {
        for (long[] use : uses) {
            if (use[0] == takenNanos && use[1] >= amount) {
                use[1] -= amount;
                held -= amount;
                return;
            }
        }
    }

    long fullest() {
        return fullest;
    }
}
