package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The source of a configuration: a file and the environment, or a program's settings. Immutable. */
public sealed interface ConfigurationInput permits ConfigurationSource, ConfigurationTree {

    /** Returns the environment's variables by name. */
    Map<String, String> environment();

    /**
     * Returns the folders of plugins that it names.
     *
     * @throws ConfigurationException if one of them can't be a path
     */
    List<Path> pluginFolders();

    /**
     * Reads the configuration.
     *
     * @param known the plugins that it may name
     * @param accountsFrom returns the environment's accounts, if nothing else declares any
     * @param defaultCaches the cache tiers, if it names none
     * @throws ConfigurationException with every problem
     */
    Configuration read(
            KnownPlugins known,
            Function<Map<String, String>, List<AccountSettings>> accountsFrom,
            List<String> defaultCaches);
}
