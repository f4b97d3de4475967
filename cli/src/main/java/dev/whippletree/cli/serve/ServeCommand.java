package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.Durations;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulatedAccounts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    private static final int HIGHEST_PORT = 65_535;

    private final Surroundings surroundings;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on; default: the configuration's, else 127.0.0.1."
                    + " Any other address needs clients with keys in the configuration.")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port; 0: any free one; default: the configuration's, else 8080.")
    private @Nullable Integer port;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long requests under way may take when the gateway ends; default: 30s.")
    private Duration grace = Duration.ofSeconds(30);

    @Option(names = "--emulated", description = "Serve an emulated service instead; needs no account.")
    private boolean emulated;

    @Mixin
    private final Opening opening = new Opening();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    /** Creates the command, which reads and prints on the given streams. */
    public ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (port != null && (port < 0 || port > HIGHEST_PORT)) {
            throw new UserMistake("--port is 0 to " + HIGHEST_PORT + ", not " + port);
        }
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
        surroundings.err().println("whippletree: the answers come from an emulated service, not from a model");
        ServeRun run = new ServeRun(surroundings, wish(), Optional.empty());
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings, run.listeners())) {
            return run.run(accounts.whippletree());
        }
    }

    private ServeRun.Wish wish() {
        return new ServeRun.Wish(
                Optional.ofNullable(host), Optional.ofNullable(port), grace, OpenFiles.mostConnections());
    }
}
