package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.stress.EmulatedStress;
import dev.whippletree.stress.interviews.StressSettings;

/** Runs what was typed. Confined to one thread. */
final class StressRun {

    private final Surroundings surroundings;
    private final StressCommand command;

    StressRun(Surroundings surroundings, StressCommand command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /** Blocks until the run has ended. Returns the exit code. */
    int run() {
        StressSettings settings = TypedStress.emulated(command);
        Whippletree.Builder builder = surroundings.builders().get();
        TypedStress.cache(command).ifPresent(builder::cache);
        return switch (new EmulatedStress(surroundings.console(), surroundings.timeline()).run(settings, builder)) {
            case HELD -> ExitCode.ANSWERED;
            case BROKEN -> ExitCode.FAILED;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
        };
    }
}
