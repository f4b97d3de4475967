package dev.whippletree.cli;

import dev.whippletree.terminal.Terminal;
import dev.whippletree.testkit.record.RecordedFile;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** docs/reference/options.md is what the commands say of themselves; {@code -Drecord=true} writes it. */
final class OptionsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/options.md");
    private static final Set<String> OF_EACH = Set.of("--help", "--verbose", "--debug");

    private static final String BEGINNING = """
            # Command options

            Every option of every command, written by a test from what `--help` shows.
            [The command line](command-line.md) explains what the commands do.

            ## every command

            """;

    private static final String TABLE = "| option | meaning |\n|---|---|\n";

    @TempDir
    private Path folder;

    @Test
    void page_hasEachOptionOfEachCommand() throws IOException {
        RecordedFile.check(PAGE, page());
    }

    private String page() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        try (SystemTimeline timeline = new SystemTimeline()) {
            CommandLine whole =
                    Main.commandLine(Shell.around(folder, Map.of(), nowhere, nowhere, Terminal.NONE, timeline), "help");
            StringBuilder page = new StringBuilder(BEGINNING).append(TABLE);
            Map<Boolean, List<OptionSpec>> ofEach = options(whole.getCommandSpec()).stream()
                    .collect(Collectors.partitioningBy(option -> OF_EACH.contains(option.longestName())));
            ofEach.get(true).forEach(option -> page.append(row(option)));
            page.append("\n## no command\n\n").append(TABLE);
            ofEach.get(false).forEach(option -> page.append(row(option)));
            whole.getSubcommands().forEach((name, command) -> {
                if (!name.equals("help")) {
                    section(page, name, command);
                }
            });
            return page.toString();
        }
    }

    private static void section(StringBuilder page, String name, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.append("\n## ").append(name).append("\n\n");
        page.append(text(spec.usageMessage().description())).append('\n');
        List<OptionSpec> own = options(spec).stream()
                .filter(option -> !OF_EACH.contains(option.longestName()))
                .toList();
        if (!own.isEmpty() || !spec.positionalParameters().isEmpty()) {
            page.append('\n').append(TABLE);
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            page.append(row("`" + parameter.paramLabel() + "`", parameter));
        }
        own.forEach(option -> page.append(row(option)));
        command.getSubcommands().forEach((below, next) -> section(page, name + " " + below, next));
    }

    private static List<OptionSpec> options(CommandSpec spec) {
        return spec.options().stream()
                .sorted(Comparator.comparing(OptionSpec::longestName))
                .toList();
    }

    private static String row(OptionSpec option) {
        String names = String.join("`, `", option.names());
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        String negated = option.negatable() ? ", `--no-" + option.longestName().substring(2) + "`" : "";
        return row("`" + names + value + "`" + negated, option);
    }

    private static String row(String names, ArgSpec described) {
        String usual = described.defaultValue() == null ? "" : described.defaultValue();
        String meaning = text(described.description()).replace("${DEFAULT-VALUE}", usual);
        return "| " + names + " | " + meaning.replace("|", "\\|") + " |\n";
    }

    private static String text(String... description) {
        return String.join(" ", description).replace("%%", "%");
    }
}
