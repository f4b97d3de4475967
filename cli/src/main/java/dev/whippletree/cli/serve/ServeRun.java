package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.terminal.Signals;
import dev.whippletree.terminal.board.Words;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A gateway that runs until it is told to end. Confined to one thread. */
public final class ServeRun {

    private static final Logger LOG = LoggerFactory.getLogger(ServeRun.class);

    /** Above this, a bound that nobody configured isn't worth a warning. */
    private static final int MANY = 1_000;

    private final Surroundings surroundings;
    private final Wish wish;
    private final Optional<Path> file;
    private final Telemetry telemetry;

    /**
     * What a user wants otherwise than the configuration says. Immutable.
     *
     * @param host where to listen
     * @param port the port; 0: any that is free
     * @param grace how long requests under way may take once it ends
     * @param mostConnections how many connections this process can have open, whatever the configuration says
     */
    public record Wish(Optional<String> host, Optional<Integer> port, Duration grace, int mostConnections) {

        /**
         * Returns what a configuration says of the gateway, but for what a user wants otherwise and what this process
         * can't do.
         *
         * @throws IllegalArgumentException if that can't be used, saying why
         */
        GatewaySettings settings(Configuration configuration) {
            GatewaySettings configured = configured(configuration);
            GatewaySettings.Bounds bounds = configured.bounds();
            configured = configured.withBounds(
                    bounds.withMostConnections(Math.min(mostConnections, bounds.mostConnections())));
            GatewaySettings here = host.map(configured::withHost).orElse(configured);
            return port.map(here::withPort).orElse(here);
        }
    }

    private static GatewaySettings configured(Configuration configuration) {
        return configuration.gateway().orElse(GatewaySettings.DEFAULT);
    }

    /**
     * Prepares a run; nothing listens yet.
     *
     * @param file the configuration that is read again when it changes; absent: there is none
     */
    public ServeRun(Surroundings surroundings, Wish wish, Optional<Path> file) {
        this.surroundings = surroundings;
        this.wish = wish;
        this.file = file;
        this.telemetry = new Telemetry(surroundings.timeline());
    }

    /** Returns what the Whippletree that answers is to be built with. */
    public List<EngineListener> listeners() {
        return telemetry.listeners();
    }

    /**
     * Serves. Blocks until SIGTERM or Ctrl-C, and then until requests under way have ended. Where the gateway can't go
     * on, it ends this process with {@link ExitCode#STANDSTILL}.
     *
     * @param whippletree what answers, built with {@link #listeners}; stays open
     * @return the exit code
     * @throws UserMistake if the settings can't be used or the port can't be had
     */
    public int run(Whippletree whippletree) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        surroundings.interruption().whenComplete((nothing, failure) -> end.complete(null));
        Gateway gateway = start(whippletree);
        gateway.whenStandstill(new LastWords(
                ExitCode.STANDSTILL,
                new FileOutputStream(FileDescriptor.err),
                () -> Runtime.getRuntime().halt(ExitCode.STANDSTILL)));
        SharedReload reload = new SharedReload(whippletree, gateway, file, wish, surroundings.err());
        Optional<FileWatch> watch = file.map(path -> new FileWatch(path, surroundings.timeline(), reload));
        try (Signals signals = new Signals()) {
            file.ifPresentOrElse(
                    path -> signals.onEach("HUP", reload), () -> signals.onFirst("HUP", () -> end.complete(null)));
            signals.onFirst("TERM", () -> end.complete(null));
            signals.onFirst("INT", () -> end.complete(null));
            print(gateway, whippletree);
            end.join();
            surroundings.say("new requests are rejected; requests under way have " + Words.duration(wish.grace())
                    + " to finish");
            surroundings.err().flush();
            return 0;
        } finally {
            watch.ifPresent(FileWatch::close);
            gateway.close(wish.grace()).join();
        }
    }

    private Gateway start(Whippletree whippletree) {
        int wanted = configured(whippletree.configuration()).bounds().mostConnections();
        if (wish.mostConnections() < wanted) {
            boolean fewer =
                    wanted != GatewaySettings.DEFAULT.bounds().mostConnections() || wish.mostConnections() < MANY;
            LOG.atLevel(fewer ? Level.WARN : Level.INFO)
                    .log(
                            "gateway.max-connections is {} here, not {}: each connection may need a second one, to a service, and"
                                    + " this process may open no more files; raise that limit (ulimit -n)",
                            wish.mostConnections(),
                            wanted);
        }
        try {
            return Gateway.start(
                    whippletree, wish.settings(whippletree.configuration()), surroundings.timeline(), telemetry);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    private void print(Gateway gateway, Whippletree whippletree) {
        Configuration configuration = whippletree.configuration();
        int clients = configuration
                .gateway()
                .map(settings -> settings.clients().size())
                .orElse(0);
        PrintWriter out = surroundings.out();
        out.println("Whippletree serves " + gateway.baseUrl());
        out.println();
        out.println("  accounts  " + configuration.accounts().size());
        out.println("  clients   "
                + (clients == 0 ? "any program on this machine, without a key" : clients + ", by their keys"));
        out.println("  status    " + gateway.pageUrl() + watchedBy(configuration, clients));
        out.println();
        out.println("Try it:");
        out.println("  curl " + gateway.baseUrl() + "/chat/completions \\");
        if (clients > 0) {
            out.println("    -H \"Authorization: Bearer $KEY\" \\");
        }
        out.println("    -H 'Content-Type: application/json' \\");
        out.println("    -d '{\"model\":\"" + configuration.routes().get(0).name()
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
        out.println();
        out.println("Ctrl-C ends it.");
        out.flush();
    }

    private static String watchedBy(Configuration configuration, int clients) {
        if (configuration.gateway().flatMap(GatewaySettings::watchKey).isPresent()) {
            return ", by its watch key";
        }
        return clients == 0 ? "" : ", once gateway.watch-key is set";
    }
}
