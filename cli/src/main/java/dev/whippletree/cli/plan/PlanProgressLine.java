package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.planner.PlanProgress;
import dev.whippletree.terminal.board.Words;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Prints a plan's progress on standard error, if it takes longer than a second: one redrawn line on a terminal, a line
 * every few seconds elsewhere. Thread-safe: guarded by itself.
 */
final class PlanProgressLine implements AutoCloseable {

    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(5).toNanos();
    private static final String ERASE = "\r\u001b[K";

    private final Surroundings surroundings;
    private final PrintWriter err;
    private final boolean redrawn;
    private long nextNanos;
    private boolean shown;

    PlanProgressLine(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.err = surroundings.err();
        this.redrawn = surroundings.terminal().err();
        this.nextNanos = surroundings.timeline().nanoTime() + QUIET_NANOS;
    }

    synchronized void show(PlanProgress progress) {
        long now = surroundings.timeline().nanoTime();
        if (now - nextNanos < 0 || progress.done() == progress.parts()) {
            return; // The plan follows at once.
        }
        shown = true;
        String text = progress.done() + " of " + progress.parts() + " parts planned: " + progress.latest();
        if (redrawn) {
            // A line that fills the terminal would go on in the next one, which nothing erases.
            err.print(
                    ERASE + Words.clip(text, surroundings.terminal().errScreen().columns() - 1));
        } else {
            err.println(text);
            nextNanos = now + BETWEEN_LINES_NANOS;
        }
        err.flush();
    }

    @Override
    public synchronized void close() {
        if (redrawn && shown) {
            err.print(ERASE);
            err.flush();
        }
    }
}
