package dev.whippletree.cli.setup;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.FirstContact;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.ShownText;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists every problem of the configuration, or its contents if there is none. */
@Command(
        name = "check",
        description = "Checks the configuration without a call and lists every problem; exit code 2 if there is any.",
        footer = {"  whippletree check", "  whippletree check --config other.yaml"})
public final class CheckCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final Opening opening = new Opening();

    public CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (Whippletree whippletree = opening.openToShow(surroundings)) {
            whippletree.configuration().gateway().ifPresent(CheckCommand::requireThatItStarts);
            print(whippletree.configuration(), whippletree.status().notes(), coordinatorsProblem(whippletree));
            return ExitCode.ANSWERED;
        }
    }

    /**
     * Checks what only a gateway uses, so that the other commands don't look at it.
     *
     * @throws ConfigurationException with every problem
     */
    private static void requireThatItStarts(GatewaySettings gateway) {
        List<String> problems = new ArrayList<>();
        try {
            InetAddress.getByName(gateway.host());
        } catch (UnknownHostException e) {
            problems.add("gateway.host: unknown host '" + gateway.host() + "'; name an address of this machine");
        }
        gateway.bounds().memoryProblem().ifPresent(problems::add);
        gateway.batches().ifPresent(batches -> requireFolder("gateway.batches.folder", batches.folder(), problems));
        gateway.trace().ifPresent(folder -> requireFolder("gateway.trace", folder, problems));
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** It needn't be there yet. Only creating something shows whether it can be: {@code /proc} seems writable. */
    private static void requireFolder(String key, Path folder, List<String> problems) {
        Path above = folder.toAbsolutePath();
        while (!Files.exists(above) && above.getParent() != null) {
            above = above.getParent();
        }
        if (Files.exists(above) && !Files.isDirectory(above)) {
            problems.add(key + ": " + above + " is a file; name a folder");
            return;
        }
        try {
            Files.delete(Files.createTempDirectory(above, ".whippletree-check"));
        } catch (IOException e) {
            problems.add(key + ": nothing can be created in " + above
                    + "; name a folder that this process may write to, or check as the gateway's user");
        }
    }

    /** A coordinator that can't be reached from here, or needs another setting, makes no configuration wrong. */
    private Optional<String> coordinatorsProblem(Whippletree whippletree) {
        return FirstContact.await(whippletree, surroundings.timeline()).flatMap(CoordinatorStatus::problem);
    }

    private void print(Configuration configuration, List<String> notes, Optional<String> coordinatorsProblem) {
        print(Words.count(configuration.accounts().size(), "account"));
        configuration.accounts().forEach(account -> print("  " + line(account)));
        print(Words.count(configuration.routes().size(), "route"));
        configuration.routes().forEach(route -> print("  " + line(route)));
        print(Words.count(configuration.caches().size(), "cache tier"));
        configuration.caches().forEach(cache -> print("  " + cache.name()));
        configuration.coordinator().ifPresent(chosen -> print("coordinator " + chosen.name()));
        configuration.state().ifPresent(folder -> print("state in " + folder));
        configuration.warnings().forEach(warning -> print("warning: " + warning));
        configuration.accounts().forEach(this::warnOfAddress);
        coordinatorsProblem.ifPresent(problem -> print("warning: " + problem));
        notes.stream().filter(note -> !configuration.warnings().contains(note)).forEach(note -> print("note: " + note));
        if (Opening.models(configuration).contains(Configuration.DEFAULT_MODEL)) {
            print("note: " + Configuration.DEFAULT_MODEL + " is the default model, that of routes that name none;"
                    + " 'whippletree status --probe' asks each account for its models");
        }
        print("No problem found.");
    }

    /** Documentation of services shows the whole address of a request; the paths are added to base-url. */
    private void warnOfAddress(AccountSettings account) {
        String path = "/chat/completions";
        account.settings()
                .text("base-url")
                .filter(address -> address.replaceFirst("/+$", "").endsWith(path))
                .ifPresent(address -> print("warning: account " + account.id() + ": base-url ends with " + path
                        + ", which is added to it; leave that out"));
    }

    /** A name in the file may hold control characters. */
    private void print(String line) {
        surroundings.out().println(ShownText.line(line));
    }

    private static String line(AccountSettings account) {
        String limits = account.limits().stream()
                .map(limit -> limit.limit()
                        + limit.model().map(model -> " of " + model).orElse(""))
                .collect(Collectors.joining(", "));
        return account.id() + ": " + account.provider()
                + account.organization().map(name -> ", organization " + name).orElse("")
                + (limits.isEmpty() ? ", no limits declared" : ", " + limits);
    }

    private static String line(RouteSettings route) {
        String tiers = route.tiers().stream().map(CheckCommand::line).collect(Collectors.joining(", then "));
        return route.name() + ": " + tiers + ", " + route.strategy();
    }

    private static String line(RouteSettings.Tier tier) {
        return tier.targets().stream()
                .map(target -> target.account() + " with " + target.model())
                .collect(Collectors.joining(" and "));
    }
}
