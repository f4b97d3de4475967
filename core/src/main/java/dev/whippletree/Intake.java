package dev.whippletree;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationCheck;
import dev.whippletree.config.ConfigurationInput;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.strategy.Start;
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
 * @param source returns what it is read from, anew for each reading; absent: it was given
 * @param folders where that source said that plugins are
 * @param state the folder for the limits' state that is stronger than a configuration's
 * @param asksOnce whether caches are left out that end with this process, and turns begin anywhere
 */
record Intake(
        PluginCatalog catalog,
        Map<String, String> environment,
        Optional<Supplier<? extends ConfigurationInput>> source,
        List<Path> folders,
        Optional<Path> state,
        boolean asksOnce) {

    /**
     * Reads the source.
     *
     * @throws ConfigurationException with every problem
     * @throws IllegalStateException if there is none
     */
    Configuration read() {
        return source.orElseThrow(() -> new IllegalStateException("this Whippletree wasn't built from a file or"
                        + " a ConfigurationSource, so it can't read it again; pass a Configuration to reload"))
                .get()
                .read(catalog.known(), catalog::accountsFrom, catalog.selfContainedCaches());
    }

    /** Returns whether the source names other folders of plugins than at the start, whose plugins can't be used while running. */
    boolean namesOtherFolders() {
        return source.map(input -> input.get().pluginFolders())
                .filter(present -> !present.equals(folders))
                .isPresent();
    }

    /**
     * Returns a configuration as it is used.
     *
     * @throws ConfigurationException if it can't be, with every problem
     */
    Configuration check(Configuration whole) {
        Configuration kept = state.map(whole::withState).orElse(whole);
        Configuration checked = ConfigurationCheck.of(kept, catalog.known(), environment);
        return asksOnce ? toAskOnce(checked) : checked;
    }

    private Configuration toAskOnce(Configuration checked) {
        List<RouteSettings> spread = checked.routes().stream()
                .map(route -> route.toBuilder()
                        .strategy(route.strategy(), Start.spread(route.strategy(), route.strategySettings()))
                        .build())
                .toList();
        return checked.withoutCaches(catalog.cachesOfTheProcess()).withRoutes(spread);
    }

    /** Returns the source, and nothing of the environment: tokens are in there. */
    @Override
    public String toString() {
        return "intake of " + source.map(input -> input.get().toString()).orElse("a configuration that was given");
    }
}
