package dev.whippletree.cli.status;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.FirstContact;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.PricedStatus;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.StatusBoard;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows each account as the configuration knows it: limits, what is left, whether it is closed and why. */
@Command(
        name = "status",
        description = {
            "Shows each account: its limits, how much of them is left, why it isn't open, its tokens and their cost.",
            "A process knows its own calls and, if the configuration names a state folder, what others saved there;"
                    + " --probe asks each account once.",
            "--url asks a running gateway, and shows its status."
        },
        footer = {
            "  whippletree status",
            "  whippletree status --probe",
            "  whippletree status --json",
            "  whippletree status --url http://127.0.0.1:8080"
        })
public final class StatusCommand implements Callable<Integer> {

    static final String KEY_VARIABLE = "WHIPPLETREE_WATCH_KEY";

    private final Surroundings surroundings;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Ask the gateway at this address instead of opening the accounts here.")
    private @Nullable String url;

    @Option(
            names = "--watch-key",
            paramLabel = "KEY",
            description = "The gateway's watch key; better set it in $" + KEY_VARIABLE
                    + ", since others on this machine can see a command line.")
    private @Nullable String watchKey;

    @Option(names = "--probe", description = "Check token and service of each account, with one call of one token.")
    private boolean probe;

    @Option(names = "--json", description = "Print everything as JSON.")
    private boolean json;

    @Mixin
    private final Opening opening = new Opening();

    public StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (url != null) {
            return ask(url);
        }
        if (watchKey != null) {
            throw new UserMistake("--watch-key is for the gateway that --url names");
        }
        try (Whippletree whippletree = opening.openToShow(surroundings)) {
            boolean good = !probe || new Probe(surroundings, whippletree).run();
            FirstContact.await(whippletree, surroundings.timeline());
            print(whippletree);
            return good ? ExitCode.ANSWERED : ExitCode.NO_ACCOUNT;
        }
    }

    private int ask(String address) {
        if (probe || opening.given()) {
            throw new UserMistake("--url asks a gateway, which has its own configuration: --probe, --config and --model"
                    + " can't be combined with it");
        }
        Optional<String> key = Optional.ofNullable(watchKey)
                .or(() -> Optional.ofNullable(surroundings.environment().get(KEY_VARIABLE))
                        .filter(value -> !value.isBlank()))
                .map(String::strip);
        try {
            String answer = RemoteStatus.at(address, key).json();
            if (json) {
                surroundings.out().println(Json.write(Json.read(answer, Map.class)));
            } else {
                print(PricedStatus.read(answer));
            }
            return ExitCode.ANSWERED;
        } catch (RemoteStatus.Absent e) {
            surroundings.say(String.valueOf(e.getMessage()));
            return e.exitCode();
        }
    }

    private void print(Whippletree whippletree) {
        StatusSnapshot now = whippletree.status();
        PricedStatus status =
                PricedStatus.of(now, whippletree.configuration(), LocalDate.ofInstant(now.at(), surroundings.zone()));
        if (json) {
            surroundings.out().println(Json.write(status.json()));
        } else {
            print(status);
        }
    }

    private void print(PricedStatus status) {
        new StatusBoard(surroundings.zone(), surroundings.terminal().screen())
                .lines(status.status(), status.bill())
                .forEach(surroundings.out()::println);
    }
}
