package dev.whippletree.cli.setup;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.terminal.board.PluginTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the plugins that were found: where, whether the configuration uses them, and if not, why. */
@Command(
        name = "plugins",
        description = {
            "Lists providers, caches and balancing strategies: where each was found, and whether the configuration"
                    + " uses it,"
                    + " with the reason if it doesn't.",
            "They come from the class path, the folder 'plugins' of this program, the folder in"
                    + " $WHIPPLETREE_PLUGINS, and the folder in the configuration's key 'plugins'.",
            "Exit code 2 if a problem keeps all other commands from starting."
        },
        footer = "  whippletree plugins")
public final class PluginsCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final Opening opening = new Opening();

    public PluginsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigurationSource source = opening.source(surroundings);
        try (PluginCatalog catalog =
                surroundings.builders().get().configuration(source).foundPlugins()) {
            List<String> problems = new ArrayList<>(catalog.duplicates());
            PluginTable.lines(
                            catalog.found(),
                            named(source, catalog, problems),
                            surroundings.terminal().screen())
                    .forEach(surroundings.out()::println);
            if (!problems.isEmpty()) {
                throw new ConfigurationException(problems);
            }
            return ExitCode.ANSWERED;
        }
    }

    /** Returns the names in the configuration, by kind; empty if it can't be read. */
    private static Optional<Map<String, Set<String>>> named(
            ConfigurationSource source, PluginCatalog catalog, List<String> problems) {
        try {
            return Optional.of(Opening.configuration(source, catalog)
                    .map(PluginsCommand::names)
                    .orElse(Map.of()));
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }

    private static Map<String, Set<String>> names(Configuration configuration) {
        return Map.of(
                "provider",
                configuration.accounts().stream()
                        .map(account -> account.provider())
                        .collect(Collectors.toSet()),
                "cache",
                configuration.caches().stream().map(tier -> tier.name()).collect(Collectors.toSet()),
                "strategy",
                configuration.routes().stream().map(route -> route.strategy()).collect(Collectors.toSet()),
                "coordinator",
                configuration.coordinator().stream()
                        .map(chosen -> chosen.name())
                        .collect(Collectors.toSet()));
    }
}
