package dev.whippletree.cli;

import dev.whippletree.Whippletree;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows each account as the configuration knows it: limits, what is left, whether it is closed and why. */
@Command(
        name = "status",
        description = {
            "Shows the accounts: their limits, what is left of them, what is closed and why, tokens and their cost.",
            "A process knows what it did itself and, where the configuration names a state folder, what others left there;"
                    + " --probe asks each account once."
        },
        footer = {"  whippletree status", "  whippletree status --probe", "  whippletree status --json"})
final class StatusCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = "--probe",
            description = "Spend one call of one token on each account to see that token and service are good.")
    private boolean probe;

    @Option(names = "--json", description = "Print everything as JSON.")
    private boolean json;

    @Mixin
    private final Opening opening = new Opening();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (Whippletree whippletree = opening.openToShow(surroundings)) {
            boolean good = !probe || new Probe(surroundings, whippletree).run();
            print(whippletree);
            return good ? ExitCode.ANSWERED : ExitCode.NO_ACCOUNT;
        }
    }

    private void print(Whippletree whippletree) {
        if (json) {
            surroundings
                    .out()
                    .println(Json.write(
                            StatusPage.status(whippletree, surroundings).json()));
            return;
        }
        StatusPage.lines(whippletree, surroundings).forEach(surroundings.out()::println);
    }
}
