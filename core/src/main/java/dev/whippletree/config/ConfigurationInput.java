package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Something that a configuration is read from: a file and the environment, or a program's own settings. Immutable. */
public sealed interface ConfigurationInput permits ConfigurationSource, ConfigurationTree {

    /** Returns the environment's variables by name. */
    Map<String, String> environment();

    /**
     * Returns the folders of plugins that it names.
     *
     * @throws ConfigurationException if it names what can't be a path
     */
    List<Path> pluginFolders();

    /**
     * Reads the configuration.
     *
     * @param known the plugins that may be named
     * @param accountsFrom what the environment declares, if nothing else declares accounts
     * @param defaultCaches the cache tiers, if nothing is said about caches
     * @throws ConfigurationException with every problem
     */
    Configuration read(
            KnownPlugins known,
            Function<Map<String, String>, List<AccountSettings>> accountsFrom,
            List<String> defaultCaches);
}
