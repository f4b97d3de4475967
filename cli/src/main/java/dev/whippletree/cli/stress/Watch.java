package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.InterviewDriver;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Progress;
import dev.whippletree.terminal.Display;
import dev.whippletree.terminal.PlainDisplay;
import dev.whippletree.terminal.ProgressBar;
import dev.whippletree.terminal.RedrawnDisplay;
import dev.whippletree.terminal.Signals;
import dev.whippletree.terminal.board.StatusBoard;
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

    private final Surroundings surroundings;
    private final Optional<Duration> least;
    private volatile boolean ended;

    /**
     * Creates one.
     *
     * @param least the shortest possible time of the interviews; absent: unknown
     */
    Watch(Surroundings surroundings, Optional<Duration> least) {
        this.surroundings = surroundings;
        this.least = least;
    }

    /** Starts the interviews and blocks until all have ended. Returns what came of them; empty if Ctrl-C came first. */
    Optional<InterviewResults> until(InterviewDriver driver, Whippletree whippletree) {
        CompletableFuture<Optional<InterviewResults>> outcome = new CompletableFuture<>();
        try (Display display = display(driver.progress().prompts());
                Signals signals = new Signals()) {
            LogOutput.to(display::log);
            signals.onFirst("INT", () -> outcome.complete(Optional.empty()));
            var unused = surroundings.interruption().thenRun(() -> outcome.complete(Optional.empty()));
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
            LogOutput.to(surroundings.err()::println);
        }
    }

    private Display display(long prompts) {
        ProgressBar bar = new ProgressBar("Interviews", prompts, least);
        return surroundings.terminal().err()
                ? new RedrawnDisplay(
                        surroundings.err(), bar, surroundings.terminal().size())
                : new PlainDisplay(surroundings.err(), bar, TICKS_A_LINE);
    }

    private void tick(InterviewDriver driver, Whippletree whippletree, Display display) {
        if (!ended) {
            show(driver, whippletree, display);
            surroundings.timeline().schedule(TICK_NANOS, () -> tick(driver, whippletree, display));
        }
    }

    private void show(InterviewDriver driver, Whippletree whippletree, Display display) {
        Progress progress = driver.progress();
        StatusSnapshot status = whippletree.status();
        StatusBoard board =
                new StatusBoard(surroundings.zone(), surroundings.terminal().errScreen());
        display.show(
                progress.answered() + progress.failed(),
                progress.elapsed(),
                board.liveLines(status),
                board.line(status));
    }
}
