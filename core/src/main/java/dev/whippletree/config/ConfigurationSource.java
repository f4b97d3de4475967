package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The source of a configuration: a file, if there is one, and the environment. Immutable.
 *
 * <p>The file is {@code named}, or else the file that the variable {@code WHIPPLETREE_CONFIG} names, or else
 * {@code whippletree.yaml} in the working directory or in the user's configuration folder. Without a file, the
 * environment's accounts are used with all defaults.
 *
 * @param named a file that must exist; absent: look for one
 * @param environment variables by name
 * @param workingDirectory where relative paths start
 */
public record ConfigurationSource(Optional<Path> named, Map<String, String> environment, Path workingDirectory)
        implements ConfigurationInput {

    /** The environment variable that names the file. */
    public static final String FILE_VARIABLE = "WHIPPLETREE_CONFIG";

    /** The environment variable that names a folder of plugins. */
    public static final String PLUGINS_VARIABLE = "WHIPPLETREE_PLUGINS";

    private static final String FILE_NAME = "whippletree.yaml";

    /** Copies the environment. */
    public ConfigurationSource {
        environment = Map.copyOf(environment);
    }

    /**
     * Returns the same source with another default model than the environment's.
     *
     * @param model the model of routes that name none, as the service names it
     */
    public ConfigurationSource withModel(String model) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(DefaultConfiguration.MODEL_VARIABLE, model);
        return new ConfigurationSource(named, changed, workingDirectory);
    }

    /**
     * Returns the same source, fixed to the file that exists now: if that file is deleted later, reading fails instead
     * of looking for another file.
     *
     * @throws ConfigurationException if the variable's value can't be a path
     */
    public ConfigurationSource settled() {
        return file().filter(Files::isRegularFile)
                .map(file -> new ConfigurationSource(Optional.of(file), environment, workingDirectory))
                .orElse(this);
    }

    /**
     * Returns the file to read; empty if there is none. A named file is returned even if it doesn't exist.
     *
     * @throws ConfigurationException if the variable's value can't be a path
     */
    public Optional<Path> file() {
        return named.or(() -> path(FILE_VARIABLE, environment))
                .map(workingDirectory::resolve)
                .or(() -> candidates().stream().filter(Files::isRegularFile).findFirst());
    }

    /**
     * Returns the folders of plugins that the variable {@code WHIPPLETREE_PLUGINS} and the file's key {@code plugins}
     * name. An unreadable file names none; {@link #read} reports its problems.
     *
     * @throws ConfigurationException if a variable's value can't be a path
     */
    @Override
    public List<Path> pluginFolders() {
        List<Path> folders = new ArrayList<>();
        path(PLUGINS_VARIABLE, environment).map(workingDirectory::resolve).ifPresent(folders::add);
        file().filter(Files::isRegularFile).flatMap(this::pluginFolder).ifPresent(folders::add);
        return folders;
    }

    private Optional<Path> pluginFolder(Path file) {
        try {
            return ConfigurationReader.pluginFolder(TextFile.read(file, ""), environment)
                    .map(file::resolveSibling);
        } catch (ConfigurationException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the path that a variable names; empty if it isn't set.
     *
     * @throws ConfigurationException if its value can't be a path
     */
    static Optional<Path> path(String name, Map<String, String> environment) {
        try {
            return Optional.ofNullable(environment.get(name))
                    .filter(text -> !text.isBlank())
                    .map(Path::of);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(List.of(name + " isn't a valid path: " + e.getReason()));
        }
    }

    private List<Path> candidates() {
        List<Path> candidates = new ArrayList<>();
        candidates.add(workingDirectory.resolve(FILE_NAME));
        folder("XDG_CONFIG_HOME", "").ifPresent(candidates::add);
        folder("APPDATA", "").ifPresent(candidates::add);
        folder("HOME", ".config").ifPresent(candidates::add);
        return candidates;
    }

    private Optional<Path> folder(String variable, String below) {
        return Optional.ofNullable(environment.get(variable))
                .filter(text -> !text.isBlank())
                .map(home -> Path.of(home, below, "whippletree", FILE_NAME));
    }

    /**
     * Reads the configuration.
     *
     * @param known the plugins that it may name
     * @param accountsFrom returns the environment's accounts, if no file declares any
     * @param defaultCaches the cache tiers, if no file names any
     * @throws ConfigurationException with every problem, or if there is neither a file nor an account
     */
    @Override
    public Configuration read(
            KnownPlugins known,
            Function<Map<String, String>, List<AccountSettings>> accountsFrom,
            List<String> defaultCaches) {
        Optional<Path> file = file();
        if (file.isPresent()) {
            String yaml = TextFile.read(file.get(), origin());
            Configuration read = new ConfigurationReader(
                            known, environment, () -> accountsFrom.apply(environment), defaultCaches)
                    .read(file.get().toString(), yaml);
            return beside(file.get(), read);
        }
        List<AccountSettings> accounts = accountsFrom.apply(environment);
        if (accounts.isEmpty()) {
            throw new ConfigurationException(
                    List.of("there is no account: no configuration file was found and the environment declares none"));
        }
        return DefaultConfiguration.of(
                accounts, DefaultConfiguration.model(Optional.empty(), environment), defaultCaches);
    }

    /** Relative folders begin where the file is. */
    private static Configuration beside(Path file, Configuration read) {
        Configuration kept = read.state()
                .map(folder -> read.withState(file.resolveSibling(folder)))
                .orElse(read);
        return kept.gateway()
                .map(gateway -> gateway.batches()
                        .map(batches -> gateway.withBatches(batches.withFolder(file.resolveSibling(batches.folder()))))
                        .orElse(gateway))
                .map(gateway -> gateway.trace()
                        .map(folder -> gateway.withTrace(file.resolveSibling(folder)))
                        .orElse(gateway))
                .map(kept::withGateway)
                .orElse(kept);
    }

    private String origin() {
        return named.isEmpty() && environment.containsKey(FILE_VARIABLE) ? "; " + FILE_VARIABLE + " names it" : "";
    }

    /** Returns the file and the working directory, but nothing of the environment, which holds tokens. */
    @Override
    public String toString() {
        return "configuration of " + named.map(Path::toString).orElse("whatever file is found") + ", from "
                + workingDirectory.toAbsolutePath();
    }
}
