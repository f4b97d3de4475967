package dev.whippletree.cli.stress;

import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.stress.processes.StressPart;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One of the processes that {@code stress --processes} starts; not for users. */
@Command(
        name = StressPart.COMMAND,
        hidden = true,
        description = "Runs one process of 'stress --processes'; reads its settings from standard input.")
public final class StressPartCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    /** Creates the command, which reads and prints where it is told. */
    public StressPartCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return OptionalModule.PLANNER.needed(StressPart.COMMAND, () -> new StressPart(surroundings).run());
    }
}
