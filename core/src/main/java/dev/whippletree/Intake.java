package dev.whippletree;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationCheck;
import dev.whippletree.config.ConfigurationInput;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.strategy.FirstTurn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads and checks a configuration, at the start and at each reload. Immutable.
 *
 * @param catalog the plugins that it may name
 * @param environment variables by name
 * @param source returns the source to read, anew for each reading; absent: the configuration was given
 * @param folders the plugin folders that the source named at the start
 * @param state the state folder that overrides the configuration's
 * @param asksOnce whether to leave out caches that end with this process, and to begin turns anywhere
 * @param alone whether to leave out what other processes share, at once or later
 */
record Intake(
        PluginCatalog catalog,
        Map<String, String> environment,
        Optional<Supplier<? extends ConfigurationInput>> source,
        List<Path> folders,
        Optional<Path> state,
        boolean asksOnce,
        boolean alone) {

    /** Reads the source; fails if there is none. */
    Configuration read() {
        return source.orElseThrow(() -> new IllegalStateException("this Whippletree wasn't built from a file or"
                        + " a ConfigurationSource, so it can't read it again; pass a Configuration to reload"))
                .get()
                .read(catalog.known(), catalog::accountsFrom, catalog.selfContainedCaches());
    }

    /**
     * Returns whether the source names other plugin folders than at the start, whose plugins can't be used while
     * running.
     */
    boolean namesOtherFolders() {
        return source.map(input -> input.get().pluginFolders())
                .filter(present -> !present.equals(folders))
                .isPresent();
    }

    /**
     * Returns a checked configuration, as it will be used.
     *
     * @param shares whether other processes share the accounts
     * @throws ConfigurationException if it is invalid, with every problem
     */
    Configuration check(Configuration whole, boolean shares) {
        Configuration kept = state.map(whole::withState).orElse(whole);
        Configuration checked = ConfigurationCheck.of(kept, catalog.known(), environment);
        // Processes that share accounts would all come to the same one first.
        boolean together = shares && !alone;
        Configuration spread = asksOnce || together ? checked.withRoutes(spread(checked.routes())) : checked;
        Configuration used = asksOnce ? spread.withoutCaches(catalog.cachesOfTheProcess()) : spread;
        return alone ? used.withoutCaches(catalog.sharedCaches()).alone() : used;
    }

    private static List<RouteSettings> spread(List<RouteSettings> routes) {
        return routes.stream()
                .map(route -> route.toBuilder()
                        .strategy(route.strategy(), FirstTurn.spread(route.strategy(), route.strategySettings()))
                        .build())
                .toList();
    }

    /** Returns the source without the environment, which contains tokens. */
    @Override
    public String toString() {
        return "intake of " + source.map(input -> input.get().toString()).orElse("a configuration that was given");
    }
}
