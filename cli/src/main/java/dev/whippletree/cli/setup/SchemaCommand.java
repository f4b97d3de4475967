package dev.whippletree.cli.setup;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationSchema;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.terminal.Json;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the JSON Schema of the configuration file. */
@Command(
        name = "schema",
        description = {
            "Prints the JSON Schema of the configuration file, by which editors complete and check it.",
            "It has the settings of the plugins that are there."
        },
        footer = "  whippletree schema > " + SchemaCommand.FILE)
public final class SchemaCommand implements Callable<Integer> {

    /** Where {@code init} writes it, beside the configuration, which refers to it. */
    static final String FILE = "whippletree.schema.json";

    private final Surroundings surroundings;

    @Mixin
    private final Opening opening = new Opening();

    /** Creates the command, which prints on the given streams. */
    public SchemaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigurationSource source = opening.source(surroundings);
        try (PluginCatalog plugins =
                surroundings.builders().get().configuration(source).plugins()) {
            if (source.file().filter(file -> !Files.isRegularFile(file)).isPresent()) {
                Configuration unused = source.read(plugins.known(), plugins::accountsFrom, List.of()); // Says why not.
            }
            surroundings.out().println(text(plugins));
            return ExitCode.ANSWERED;
        }
    }

    static String text(PluginCatalog plugins) {
        return Json.write(ConfigurationSchema.of(plugins.known()));
    }
}
