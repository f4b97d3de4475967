package dev.whippletree.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.Progress;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.Display;
import dev.whippletree.terminal.ProgressBar;
import dev.whippletree.terminal.Signals;
import dev.whippletree.terminal.board.StatusBoard;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Shows the interviews' progress on standard error, a few times a second, until they have ended or the user stops
 * them.
 */
final class Watch {

    private static final long TICK_NANOS = Duration.ofMillis(250).toNanos();
    private static final int TICKS_A_LINE = 20;

    private final Console console;
    private final Timeline timeline;
    /** The shortest possible time of the interviews. */
    private final Duration least;

    private volatile boolean ended;

    Watch(Console console, Timeline timeline, Duration least) {
        this.console = console;
        this.timeline = timeline;
        this.least = least;
    }

    /** Starts the interviews and blocks until all have ended. Returns what came of them; empty if Ctrl-C came first. */
    Optional<InterviewResults> until(InterviewDriver driver, Whippletree whippletree) {
        CompletableFuture<Optional<InterviewResults>> outcome = new CompletableFuture<>();
        try (Display display = console.display(bar(driver), TICKS_A_LINE);
                Signals signals = new Signals()) {
            console.log().accept(display::log);
            signals.onFirst("INT", () -> outcome.complete(Optional.empty()));
            var unused = console.interruption().thenRun(() -> outcome.complete(Optional.empty()));
            driver.start().whenComplete((results, failure) -> {
                if (failure == null) {
                    outcome.complete(Optional.of(results));
                } else {
                    outcome.completeExceptionally(failure);
                }
            });
            tick(driver, whippletree, display);
            Optional<InterviewResults> results = outcome.join();
            ended = true;
            show(driver, whippletree, display);
            return results;
        } finally {
            ended = true;
            console.log().accept(console.err()::println);
        }
    }

    private ProgressBar bar(InterviewDriver driver) {
        return new ProgressBar("Interviews", driver.progress().prompts(), Optional.of(least));
    }

    private void tick(InterviewDriver driver, Whippletree whippletree, Display display) {
        if (!ended) {
            show(driver, whippletree, display);
            timeline.schedule(TICK_NANOS, () -> tick(driver, whippletree, display));
        }
    }

    private void show(InterviewDriver driver, Whippletree whippletree, Display display) {
        Progress progress = driver.progress();
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
