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
 * <p>The file is the one that was named; else the one the variable {@code WHIPPLETREE_CONFIG} names; else {@code
 * whippletree.yaml} in the working directory; else the same in the user's configuration folder; else there is none and
 * the environment's accounts are used with every default.
 *
 * @param named a file that has to be there; absent: look for one
 * @param environment variables by name
 * @param workingDirectory where relative paths begin
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
     * Returns the same source with another default model than the environment says.
     *
     * @param model the service's own name of the model of routes that name none
     */
    public ConfigurationSource withModel(String model) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(DefaultConfiguration.MODEL_VARIABLE, model);
        return new ConfigurationSource(named, changed, workingDirectory);
    }

    /**
     * Returns the same source for as long as a program runs: a file that is there now is then the one that is read, and
     * if it goes away, that is an error and no reason to look elsewhere.
     *
     * @throws ConfigurationException if the variable holds what can't be a path
     */
    public ConfigurationSource settled() {
        return file().filter(Files::isRegularFile)
                .map(file -> new ConfigurationSource(Optional.of(file), environment, workingDirectory))
                .orElse(this);
    }

    /**
     * Returns the file that is read; empty if there is none. A file that was named is returned whether it is there or
     * not.
     *
     * @throws ConfigurationException if the variable holds what can't be a path
     */
    public Optional<Path> file() {
        return named.or(() -> variable(FILE_VARIABLE))
                .map(workingDirectory::resolve)
                .or(() -> candidates().stream().filter(Files::isRegularFile).findFirst());
    }

    /**
     * Returns the folders of plugins: the one that the variable {@code WHIPPLETREE_PLUGINS} names, and the one that the
     * file's key {@code plugins} names. A file that can't be read names none; {@link #read} tells what is wrong with
     * it.
     *
     * @throws ConfigurationException if a variable holds what can't be a path
     */
    @Override
    public List<Path> pluginFolders() {
        List<Path> folders = new ArrayList<>();
        variable(PLUGINS_VARIABLE).map(workingDirectory::resolve).ifPresent(folders::add);
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

    private Optional<Path> variable(String name) {
        try {
            return Optional.ofNullable(environment.get(name))
                    .filter(text -> !text.isBlank())
                    .map(Path::of);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(List.of(name + " isn't a valid path: " + e.getMessage()));
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
     * @param known the plugins that may be named
     * @param accountsFrom what the environment declares, where no file does
     * @param defaultCaches the cache tiers where no file says anything of caches
     * @throws ConfigurationException with every problem; if there is neither a file nor an account, saying so
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
            return read.state()
                    .map(folder -> read.withState(file.get().resolveSibling(folder)))
                    .orElse(read);
        }
        List<AccountSettings> accounts = accountsFrom.apply(environment);
        if (accounts.isEmpty()) {
            throw new ConfigurationException(
                    List.of("there is no account: no configuration file was found and the environment declares none"));
        }
        return DefaultConfiguration.of(
                accounts, DefaultConfiguration.model(Optional.empty(), environment), defaultCaches);
    }

    private String origin() {
        return named.isEmpty() && environment.containsKey(FILE_VARIABLE) ? "; " + FILE_VARIABLE + " names it" : "";
    }

    /** Returns where it is looked for, and nothing of the environment: tokens are in there. */
    @Override
    public String toString() {
        return "configuration of " + named.map(Path::toString).orElse("whatever file is found") + ", from "
                + workingDirectory.toAbsolutePath();
    }
}
