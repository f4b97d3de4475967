package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulatedAccounts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves an OpenAI-compatible API in front of the accounts, until SIGTERM or Ctrl-C. */
@Command(
        name = "serve",
        description = {
            "Serves an OpenAI-compatible API in front of the accounts until SIGTERM or Ctrl-C.",
            "A program in any language only has to change its base URL."
        },
        footer = {
            "  whippletree serve",
            "  whippletree serve --emulated --port 8090",
            "  whippletree serve --config pool.yaml --host 0.0.0.0"
        })
public final class ServeCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on; default: the configuration's, else 127.0.0.1."
                    + " Any other address needs clients with keys in the configuration.")
    private Optional<String> host = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port; 0: any free one; default: the configuration's, else 8080.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            description = "How long requests under way may take when the gateway ends; default: 30s.")
    private Duration grace = Duration.ofSeconds(30);

    @Option(names = "--emulated", description = "Serve an emulated service instead; needs no account.")
    private boolean emulated;

    @Mixin
    private final Opening opening = new Opening();

    public ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        port.ifPresent(UserMistake::requirePort);
        return OptionalModule.GATEWAY.needed(
                "serve",
                () -> emulated ? OptionalModule.EMULATOR.needed("serve --emulated", this::serveEmulated) : serve());
    }

    private int serve() {
        ServeRun run =
                new ServeRun(surroundings, wish(), opening.source(surroundings).file());
        try (Whippletree whippletree = opening.open(surroundings, run.listeners())) {
            return run.run(whippletree);
        }
    }

    private int serveEmulated() {
        Optional<String> model = opening.modelToEmulate();
        surroundings.say("the answers come from an emulated service, not from a model");
        ServeRun run = new ServeRun(surroundings, wish(), Optional.empty());
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings, model, run.listeners())) {
            return run.run(accounts.whippletree());
        }
    }

    private ServeRun.Wish wish() {
        return new ServeRun.Wish(host, port, grace, OpenFiles.mostConnections());
    }
}
