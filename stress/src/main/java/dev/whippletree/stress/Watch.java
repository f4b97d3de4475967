package dev.whippletree.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.Display;
import dev.whippletree.terminal.ProgressBar;
import dev.whippletree.terminal.Signals;
import dev.whippletree.terminal.board.StatusBoard;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Shows the interviews' progress on standard error, a few times a second, until they have ended or the user stops
 * them.
 *
 * @param least the shortest possible time of the interviews
 */
record Watch(Console console, Timeline timeline, Duration least) {

    private static final long TICK_NANOS = Duration.ofMillis(250).toNanos();
    private static final int TICKS_A_LINE = 20;

    /** Starts the interviews and blocks until all have ended. Returns what came of them; empty if Ctrl-C came first. */
    Optional<InterviewResults> until(InterviewDriver driver, Whippletree whippletree) {
        CompletableFuture<Optional<InterviewResults>> outcome = new CompletableFuture<>();
        try (Display display = console.display(bar(driver), TICKS_A_LINE);
                Signals signals = new Signals()) {
            console.log().accept(display::log);
            signals.onFirst("INT", () -> outcome.complete(Optional.empty()));
            var unused = console.interruption().thenRun(() -> outcome.complete(Optional.empty()));
            var unusedEnd = driver.start().thenAccept(results -> outcome.complete(Optional.of(results)));
            tick(driver, whippletree, display, outcome);
            Optional<InterviewResults> results = outcome.join();
            show(driver, whippletree, display);
            return results;
        } finally {
            console.log().accept(console.err()::println);
        }
    }

    private ProgressBar bar(InterviewDriver driver) {
        return new ProgressBar("Interviews", driver.progress().prompts(), Optional.of(least));
    }

    private void tick(InterviewDriver driver, Whippletree whippletree, Display display, Future<?> outcome) {
        if (!outcome.isDone()) {
            show(driver, whippletree, display);
            timeline.schedule(TICK_NANOS, () -> tick(driver, whippletree, display, outcome));
        }
    }

    private void show(InterviewDriver driver, Whippletree whippletree, Display display) {
        InterviewResults progress = driver.progress();
        StatusSnapshot status = whippletree.status();
        StatusBoard board =
                new StatusBoard(console.zones().get(), console.terminal().errScreen());
        display.show(
                progress.answered() + progress.failed(),
                progress.elapsed(),
                board.liveLines(status),
                board.line(status));
    }
}
