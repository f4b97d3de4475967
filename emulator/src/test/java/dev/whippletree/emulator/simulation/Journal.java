package dev.whippletree.emulator.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Remembers the latest steps of a run, for whoever has to find out why it went wrong. Confined to one run. */
final class Journal {

    private static final int MOST = 60;

    private final boolean kept;
    private final Deque<String> lines = new ArrayDeque<>();

    /**
     * Creates one.
     *
     * @param kept whether anything is remembered; putting it into words takes longer than the run itself
     */
    Journal(boolean kept) {
        this.kept = kept;
    }

    void note(long nowNanos, Object who, String does, Object what) {
        if (!kept) {
            return;
        }
        if (lines.size() == MOST) {
            lines.removeFirst();
        }
        lines.addLast("  " + Duration.ofNanos(nowNanos) + " " + who + " " + does + " " + what);
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
