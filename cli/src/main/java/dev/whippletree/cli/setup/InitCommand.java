package dev.whippletree.cli.setup;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.NoAccount;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a configuration to start from. Never overwrites a file. */
@Command(
        name = "init",
        description = {
            "Writes a commented configuration from the tokens in the environment.",
            "The file refers to the variables and contains no token. An existing file is never overwritten.",
            "Beside it, its JSON Schema is written, by which editors complete and check it."
        },
        footer = {"  whippletree init", "  whippletree init --output team.yaml"})
public final class InitCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "whippletree.yaml",
            description = "The file to write; default: ${DEFAULT-VALUE}.")
    private Path output = Path.of("whippletree.yaml");

    public InitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (PluginCatalog plugins =
                surroundings.builders().get().configuration(source()).plugins()) {
            StartingConfiguration configuration = StartingConfiguration.of(plugins, surroundings.environment());
            Path file = surroundings.folder().resolve(output);
            write(file, configuration.text());
            tell(configuration, plugins);
            writeSchema(file.resolveSibling(SchemaCommand.FILE), SchemaCommand.text(plugins));
            tellHowToUse(file);
            return ExitCode.ANSWERED;
        }
    }

    private void write(Path file, String text) {
        if (Files.isDirectory(file)) {
            throw new UserMistake("--output: '" + output + "' is a folder; name a file in it");
        }
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new UserMistake(
                    output + " exists and wasn't changed; move it away, or name another file with --output FILE");
        } catch (NoSuchFileException e) {
            throw new UserMistake(output + " can't be written: its folder doesn't exist; create it first");
        } catch (AccessDeniedException e) {
            throw new UserMistake(output + " can't be written: you have no permission to write to its folder;"
                    + " name a file elsewhere with --output FILE");
        } catch (IOException e) {
            throw new UserMistake(output + " can't be written: " + e.getMessage() + remains(file));
        }
    }

    /** Without it, editors only complete less. */
    private void writeSchema(Path file, String text) {
        PrintWriter out = surroundings.out();
        Path shown = output.resolveSibling(SchemaCommand.FILE);
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out.println("Wrote " + shown + ", by which editors complete and check it");
        } catch (FileAlreadyExistsException e) {
            out.println("note: " + shown + " exists and wasn't changed; 'whippletree schema' prints the present one");
        } catch (IOException e) {
            out.println("note: " + shown + " can't be written: " + e.getMessage() + remains(file));
        }
    }

    /** A leftover file would be refused as existing next time. */
    private static String remains(Path file) {
        try {
            Files.deleteIfExists(file);
            return "";
        } catch (IOException e) {
            return "; remove the incomplete file";
        }
    }

    private ConfigurationSource source() {
        return new ConfigurationSource(Optional.empty(), surroundings.environment(), surroundings.folder());
    }

    private void tell(StartingConfiguration configuration, PluginCatalog plugins) {
        PrintWriter out = surroundings.out();
        long listed = configuration.entries().stream()
                .filter(StartingConfiguration.FoundAccount::listed)
                .count();
        if (listed > 0) {
            out.println("Wrote " + output + " with " + Words.count(listed, "account") + ": " + configuration.found());
        } else if (configuration.entries().isEmpty()) {
            out.println("Wrote " + output + " with everything commented out: there is no token in the environment.");
            out.println("While the file lists no account, a token in one of these variables is one:");
            NoAccount.variables(
                            plugins.environmentVariables(),
                            surroundings.terminal().screen())
                    .forEach(out::println);
        } else {
            out.println("Wrote " + output + " with everything commented out.");
        }
        configuration.entries().stream()
                .filter(entry -> !entry.listed())
                .forEach(entry -> out.println(
                        "note: " + entry.account().id() + " is commented out: " + StartingConfiguration.UNLISTED));
    }

    /** Names the file if commands would read another one. */
    private void tellHowToUse(Path file) {
        Optional<Path> read = source().file();
        String option = read.filter(file::equals).isPresent() ? "" : " --config " + output;
        surroundings.out().println("To check it: whippletree check" + option);
    }
}
