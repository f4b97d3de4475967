package dev.whippletree.cli.base;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationCheck;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.config.DefaultConfiguration;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.terminal.board.Screen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** Finds a command's configuration and opens a {@link Whippletree}. */
public final class Opening {

    /** The end of the message for a configuration without any account. */
    private static final String NO_ACCOUNT_ANYWHERE =
            "there is no account, neither in this file nor in the environment";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration; default: the file in $WHIPPLETREE_CONFIG, else whippletree.yaml in"
                    + " this folder,"
                    + " else the file in your configuration folder.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The model of routes without one; default: $WHIPPLETREE_MODEL, else "
                    + Configuration.DEFAULT_MODEL + ".")
    private Optional<String> model = Optional.empty();

    public boolean given() {
        return file.isPresent() || model.isPresent();
    }

    public ConfigurationSource source(Surroundings surroundings) {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        model.ifPresent(name -> environment.put(DefaultConfiguration.MODEL_VARIABLE, name));
        return new ConfigurationSource(file(), environment, surroundings.folder());
    }

    /**
     * Opens one. Makes no call.
     *
     * @throws dev.whippletree.model.ConfigurationException with every problem
     * @throws UserMistake if there is no account at all, saying how to get one; or if no route takes the model
     */
    public Whippletree open(Surroundings surroundings) {
        return open(surroundings, List.of());
    }

    /** Opens one as {@link #open(Surroundings)} does, for a command that asks once. */
    public Whippletree openToAskOnce(Surroundings surroundings) {
        return build(surroundings, Whippletree.Builder::asksOnce);
    }

    /** Opens one as {@link #open(Surroundings)} does, for a command that prints the configuration's warnings itself. */
    public Whippletree openToShow(Surroundings surroundings) {
        List<String> logged = Collections.synchronizedList(new ArrayList<>());
        LogOutput.to(logged::add);
        try {
            Whippletree whippletree = open(surroundings);
            List<String> shown = whippletree.configuration().warnings();
            logged.removeIf(line -> shown.stream().anyMatch(line::endsWith));
            return whippletree;
        } finally {
            LogOutput.to(surroundings.err()::println);
            logged.forEach(surroundings.err()::println);
        }
    }

    /** Opens one as {@link #open(Surroundings)} does, and tells listeners what happens. */
    public Whippletree open(Surroundings surroundings, List<EngineListener> listeners) {
        return build(surroundings, builder -> {
            listeners.forEach(builder::listener);
            return builder;
        });
    }

    private Whippletree build(Surroundings surroundings, UnaryOperator<Whippletree.Builder> more) {
        ConfigurationSource source = source(surroundings);
        Whippletree.Builder builder = surroundings.builders().get().configuration(source);
        if (source.file().isEmpty()) {
            requireAccounts(source, builder, surroundings.terminal().errScreen());
        }
        Whippletree whippletree = build(builder, more, surroundings.terminal().errScreen());
        try {
            requireEffect(source, whippletree.configuration());
        } catch (UserMistake e) {
            whippletree.close();
            throw e;
        }
        return whippletree;
    }

    private void requireEffect(ConfigurationSource source, Configuration configuration) {
        model.filter(name -> !models(configuration).contains(name)).ifPresent(name -> {
            throw new UserMistake("--model " + name + " has no effect: each route of "
                    + source.file().orElseThrow() + " names its own model; choose a route with --route");
        });
    }

    /** For a file without accounts, as 'init' writes it without tokens, the message names the variables too. */
    private static Whippletree build(
            Whippletree.Builder builder, UnaryOperator<Whippletree.Builder> more, Screen screen) {
        try {
            return more.apply(builder).build();
        } catch (ConfigurationException e) {
            if (e.problems().stream().noneMatch(problem -> problem.endsWith(NO_ACCOUNT_ANYWHERE))) {
                throw e;
            }
            try (PluginCatalog plugins = builder.plugins()) {
                throw NoAccount.mistake(e.problems(), plugins.environmentVariables(), screen);
            }
        }
    }

    public Optional<Path> file() {
        return file;
    }

    public Optional<String> model() {
        return model;
    }

    /**
     * Returns the model to ask an emulated service for, if one is given.
     *
     * @throws UserMistake if a configuration is given too
     */
    public Optional<String> modelToEmulate() {
        if (file.isPresent()) {
            throw new UserMistake("--emulated asks one emulated service and reads no configuration, so it can't be"
                    + " combined with --config; choose one");
        }
        return model;
    }

    /**
     * Reads and checks the configuration without opening anything, for a command that also takes accounts as an option.
     *
     * @throws dev.whippletree.model.ConfigurationException with every problem
     * @throws UserMistake if there is no account at all, saying how to name some; or if no route takes the model
     */
    public Configuration configurationToPlan(Surroundings surroundings) {
        ConfigurationSource source = source(surroundings);
        try (PluginCatalog plugins =
                surroundings.builders().get().configuration(source).plugins()) {
            Configuration configuration = configuration(source, plugins)
                    .orElseThrow(() -> new UserMistake("there are no accounts to plan for: describe them, for example"
                            + " --accounts huggingface:2x1000/h, or name a configuration with --config FILE"));
            requireEffect(source, configuration);
            return configuration;
        }
    }

    /**
     * Reads and checks the configuration without opening anything; empty if there is neither a file nor an account.
     *
     * @throws dev.whippletree.model.ConfigurationException with every problem
     */
    public static Optional<Configuration> configuration(ConfigurationSource source, PluginCatalog plugins) {
        if (source.file().isEmpty()
                && plugins.accountsFrom(source.environment()).isEmpty()) {
            return Optional.empty();
        }
        Configuration read = source.read(plugins.known(), plugins::accountsFrom, plugins.selfContainedCaches());
        return Optional.of(ConfigurationCheck.of(read, plugins.known(), source.environment()));
    }

    private static void requireAccounts(ConfigurationSource source, Whippletree.Builder builder, Screen screen) {
        try (PluginCatalog plugins = builder.plugins()) {
            if (plugins.accountsFrom(source.environment()).isEmpty()) {
                throw NoAccount.mistake(List.of("there is no account."), plugins.environmentVariables(), screen);
            }
        }
    }

    public static List<String> models(Configuration configuration) {
        return configuration.routes().stream()
                .flatMap(route -> route.tiers().stream())
                .flatMap(tier -> tier.targets().stream())
                .map(target -> target.model())
                .toList();
    }
}
