package dev.whippletree.cli.emulate;

import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the emulated services alone, for people who test their own programs. */
@Command(
        name = "emulate",
        description = {
            "Runs emulated services on the loopback interface until Ctrl-C.",
            "They use the protocols of the real services and enforce limits strictly. No model answers."
        },
        footer = {
            "  whippletree emulate --port 9100",
            "  whippletree emulate --accounts 3 --limit \"200 requests / 10s\" --latency 800ms~20%%",
            "  whippletree emulate --fault 503@5s-40s:account-1 --fault reset:3%%"
        })
public final class EmulateCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9100",
            description = "The port; 0: any free one; default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            split = ",",
            description = "The services, by their providers' names; default: all.")
    List<String> services = List.of();

    @Option(
            names = "--accounts",
            paramLabel = "N",
            defaultValue = "2",
            description = "Accounts of each service; default: ${DEFAULT-VALUE}.")
    int accounts;

    @Option(
            names = "--limit",
            paramLabel = "LIMIT",
            description = "A limit of each account, such as '1000 requests / 1h'; may be repeated; default: no limit.")
    List<String> limits = List.of();

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            description = "How long an answer takes, such as 1s, 800ms~20%% or 1s~lognormal:0.3; default: 1s.")
    String latency = "1s";

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            description = "A fault, such as 503@5s-40s:account-1, reset:3%% or hang#7; may be repeated.")
    List<String> faults = List.of();

    @Option(
            names = "--answers",
            paramLabel = "FILE",
            description = "A script of answers, with tool calls, for chosen conversations (JSON).")
    Optional<Path> answers = Optional.empty();

    @Option(
            names = "--assumed-max-tokens",
            paramLabel = "N",
            defaultValue = "1024",
            description = "What Groq counts for an answer if a request sets no maximum; default: ${DEFAULT-VALUE}.")
    int assumedMaxTokens;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed of the random numbers; default: ${DEFAULT-VALUE}.")
    long seed;

    public EmulateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        check();
        return OptionalModule.EMULATOR.needed("emulate", () -> new EmulatorRun(surroundings, this).run());
    }

    private void check() {
        UserMistake.requireAtLeastOne("--accounts", accounts);
        if (assumedMaxTokens < 0) {
            throw new UserMistake("--assumed-max-tokens is 0 or more, not " + assumedMaxTokens);
        }
        UserMistake.requirePort(port);
    }
}
