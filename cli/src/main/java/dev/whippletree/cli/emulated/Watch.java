package dev.whippletree.cli.emulated;

import dev.whippletree.cli.Surroundings;
import dev.whippletree.cli.board.StatusBoard;
import dev.whippletree.cli.live.Display;
import dev.whippletree.cli.live.PlainDisplay;
import dev.whippletree.cli.live.RedrawnDisplay;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.emulator.stress.InterviewResults;
import dev.whippletree.emulator.stress.Progress;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Shows on standard error how far the interviews are, a few times a second, until they have ended. */
final class Watch {

    private static final long TICK_NANOS = Duration.ofMillis(250).toNanos();
    private static final int TICKS_A_LINE = 20;

    private final Surroundings surroundings;
    private final StatusBoard board;
    private volatile boolean ended;

    Watch(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.board =
                new StatusBoard(surroundings.zone(), surroundings.terminal().colours());
    }

    /** Starts the interviews and blocks until all have ended. */
    InterviewResults until(Watched watched) {
        try (Display display = display(watched.progress().prompts())) {
            LogOutput.to(display::log);
            var results = watched.start(display::log);
            tick(watched, display);
            InterviewResults outcome = results.join();
            ended = true;
            show(watched, display);
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

    private void tick(Watched watched, Display display) {
        if (!ended) {
            show(watched, display);
            surroundings.timeline().schedule(TICK_NANOS, () -> tick(watched, display));
        }
    }

    private void show(Watched watched, Display display) {
        Progress progress = watched.progress();
        StatusSnapshot status = watched.status();
        List<String> lines = new ArrayList<>(board.liveLines(status));
        lines.addAll(watched.lines());
        display.show(progress.answered() + progress.failed(), lines, board.line(status));
    }
}
