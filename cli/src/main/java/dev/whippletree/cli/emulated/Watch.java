package dev.whippletree.cli.emulated;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Surroundings;
import dev.whippletree.cli.board.StatusBoard;
import dev.whippletree.cli.live.Display;
import dev.whippletree.cli.live.PlainDisplay;
import dev.whippletree.cli.live.RedrawnDisplay;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.emulator.stress.InterviewDriver;
import dev.whippletree.emulator.stress.InterviewResults;
import dev.whippletree.emulator.stress.Progress;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;

/** Shows on standard error how far the interviews are, a few times a second, until they have ended. */
final class Watch {

    private static final long TICK_NANOS = Duration.ofMillis(250).toNanos();
    private static final int TICKS_A_LINE = 20;

    private final Surroundings surroundings;
    private final Whippletree whippletree;
    private final StatusBoard board;
    private volatile boolean ended;

    Watch(Surroundings surroundings, Whippletree whippletree) {
        this.surroundings = surroundings;
        this.whippletree = whippletree;
        this.board =
                new StatusBoard(surroundings.zone(), surroundings.terminal().colours());
    }

    /** Starts the interviews and blocks until all have ended. */
    InterviewResults until(InterviewDriver driver) {
        try (Display display = display(driver.progress().prompts())) {
            LogOutput.to(display::log);
            var results = driver.start();
            tick(driver, display);
            InterviewResults outcome = results.join();
            ended = true;
            show(driver, display);
            return outcome;
        } finally {
            ended = true;
            LogOutput.to(surroundings.err()::println);
        }
    }

    private Display display(long prompts) {
        return surroundings.terminal().err()
                ? new RedrawnDisplay(surroundings.err(), "Interviews", prompts)
                : new PlainDisplay(surroundings.err(), prompts, TICKS_A_LINE);
    }

    private void tick(InterviewDriver driver, Display display) {
        if (!ended) {
            show(driver, display);
            surroundings.timeline().schedule(TICK_NANOS, () -> tick(driver, display));
        }
    }

    private void show(InterviewDriver driver, Display display) {
        Progress progress = driver.progress();
        StatusSnapshot status = whippletree.status();
        display.show(progress.answered() + progress.failed(), board.liveLines(status), board.line(status));
    }
}
