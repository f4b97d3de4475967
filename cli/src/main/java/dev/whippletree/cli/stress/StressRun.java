package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.stress.EmulatedStress;
import dev.whippletree.stress.Ending;
import dev.whippletree.stress.LiveStress;
import dev.whippletree.stress.interviews.StressSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/** Runs what was typed. Confined to one thread. */
final class StressRun {

    private static final Set<String> YES = Set.of("y", "yes");

    private final Surroundings surroundings;
    private final StressCommand command;

    StressRun(Surroundings surroundings, StressCommand command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /** Blocks until the run has ended. Returns the exit code. */
    int run() {
        return switch (command.live ? live() : emulated()) {
            case HELD, DECLINED -> ExitCode.ANSWERED;
            case BROKEN -> ExitCode.FAILED;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
        };
    }

    private Ending emulated() {
        StressSettings settings = TypedStress.emulated(command);
        Whippletree.Builder builder = surroundings.builders().get();
        TypedStress.cache(command).ifPresent(builder::cache);
        return new EmulatedStress(surroundings.console(), surroundings.timeline()).run(settings, builder);
    }

    private Ending live() {
        return new LiveStress(surroundings.console(), surroundings.timeline())
                .run(
                        TypedStress.interviews(command),
                        clients -> command.opening.open(surroundings, clients),
                        this::agreed);
    }

    private boolean agreed() {
        if (command.yes) {
            return true;
        }
        if (!surroundings.terminal().in()) {
            throw new UserMistake("standard input isn't a terminal, so you can't confirm; add --yes to go on");
        }
        surroundings.err().print("Go on? [y/N] ");
        surroundings.err().flush();
        return YES.contains(line().strip().toLowerCase(Locale.ROOT));
    }

    private String line() {
        try {
            StringBuilder line = new StringBuilder();
            for (int next = surroundings.in().read();
                    next >= 0 && next != '\n';
                    next = surroundings.in().read()) {
                line.append((char) next);
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }
}
