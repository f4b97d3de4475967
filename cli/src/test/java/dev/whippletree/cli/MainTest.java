package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.terminal.Terminal;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest extends ShellTest {

    private static final String QUOTED = "'(?:[^'\\\\]|\\\\.)*'";
    private static final String FISH = "complete -c whippletree -n " + QUOTED + "(?: -f| -[rF]+| -x| -x?a (?:[a-z]+|"
            + QUOTED + ")| -s [a-zA-Z]| -l [a-z0-9-]+| -d " + QUOTED + ")+";

    @Test
    void help_goesToStandardOutput() {
        shell.succeeds("--help");
        assertThat(shell.out()).contains("Examples:").contains("Exit codes:").contains("130");
        assertThat(shell.err()).isEmpty();
    }

    /** The list of commands is made of their titles alone where nothing else of them is shown. */
    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void helpAlone_isThatOfTheWholeCommand(String option) {
        Shell whole = new Shell(folder);
        whole.succeeds("help");
        shell.succeeds(option);
        assertThat(shell.out()).isEqualTo(whole.out());
    }

    /** To tell it, a JVM looks into every jar of the class path. */
    @Test
    void commandsThatPrintNoTimeOfDay_needNoTimeZone() {
        Supplier<ZoneId> none = () -> {
            throw new AssertionError("asked for the time zone");
        };
        shell.zones(none).succeeds("--help");
        new Shell(folder).zones(none).withAccount().succeeds("ask", "Hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ask",
                "batch",
                "embed",
                "chat",
                "status",
                "check",
                "schema",
                "plugins",
                "cache",
                "stress",
                "plan",
                "emulate",
                "completion",
                "man"
            })
    void everyCommand_hasHelpThatFormats(String command) {
        shell.succeeds(command, "--help");
        assertThat(shell.out()).contains("Usage: whippletree " + command).contains("Exit codes:");
        assertThat(shell.out()).doesNotContain("%%").doesNotContain("%n").doesNotContain("${");
        assertThat(shell.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 55, 80, 120})
    void help_fitsTheTerminal(int columns) {
        Terminal terminal = new Terminal(false, true, true, false, () -> new Terminal.Size.Extent(columns, 24));
        for (String command :
                List.of("ask", "batch", "embed", "chat", "status", "plan", "stress", "serve", "emulate", "")) {
            Shell narrow = new Shell(folder).terminal(terminal);
            narrow.succeeds((command + " --help").strip().split(" "));
            assertThat(narrow.out().lines())
                    .allMatch(line -> line.length() <= columns || !line.strip().contains(" "), "fits " + columns);
        }
    }

    @Test
    void exampleThatIsTooLong_isContinuedAsAShellReadsIt() {
        Terminal terminal = new Terminal(false, true, true, false, () -> new Terminal.Size.Extent(80, 24));
        shell.terminal(terminal).run("plan", "--help");
        assertThat(shell.out())
                .contains(
                        "  whippletree plan --interviews 500 --questions 17 --repeat 80% \\\n      --accounts huggingface:2x1000/h\n"
                                .replace("\n", System.lineSeparator()));
    }

    @Test
    void help_namesTheExitCodesOfItsCommandAlone() {
        shell.run("check", "--help");
        assertThat(shell.out())
                .contains("wrong usage")
                .doesNotContain("no account can answer", "Ctrl-C", "status --url");
        Shell plan = new Shell(folder);
        plan.run("plan", "--help");
        assertThat(plan.out()).contains("8   'plan' can't tell").doesNotContain("OutOfMemoryError");
        Shell whole = new Shell(folder);
        whole.run("--help");
        assertThat(whole.out()).contains("no account can answer", "'plan' says no", "OutOfMemoryError", "130");
    }

    @Test
    void version_isOneLine() {
        shell.succeeds("--version");
        assertThat(shell.out()).startsWith("whippletree ").contains("Java");
    }

    @Test
    void noCommand_showsTheHelpOnStandardErrorAndExitsWith2() {
        assertThat(shell.run()).isEqualTo(2);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).contains("Usage: whippletree");
    }

    @Test
    void helpOfTheWhole_namesEveryCommandEvenBeforeOne() {
        for (String[] arguments : List.of(new String[] {"--help", "ask"}, new String[] {"help"})) {
            shell.succeeds(arguments);
        }
        assertThat(shell.out().lines().map(String::strip).filter(line -> line.startsWith("emulate ")))
                .hasSize(2);
    }

    @Test
    void completion_isAScriptOfAllCommands() {
        shell.succeeds("completion");
        assertThat(shell.out()).startsWith("#!/usr/bin/env bash").contains("whippletree", "emulate", "--max-tokens");
    }

    @Test
    void completion_isOfFilesWhereTheyAreNamed() {
        shell.succeeds("completion");
        String batch = shell.out()
                .split("function _picocli_whippletree_batch\\(\\)")[1]
                .split("\n}\n")[0];
        assertThat(batch)
                .contains("    '-o'|'--output')\n      local IFS=", "    '--config')\n      local IFS=")
                .contains("positionals=$( compgen -f")
                .contains("    '--max-calls')\n      return\n");
    }

    /** Each line is a command to fish, whose quotes end where they should. */
    @Test
    void completionForFish_isALineForEachCommandAndOption() {
        shell.succeeds("completion", "fish");
        assertThat(shell.out().lines())
                .hasSizeGreaterThan(100)
                .allSatisfy(line -> assertThat(line).matches(FISH))
                .noneMatch(line -> line.contains("${"))
                .contains("complete -c whippletree -n '__fish_use_subcommand' -a emulate -d"
                        + " 'Runs emulated services on the loopback interface until Ctrl-C.'")
                .contains("complete -c whippletree -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'")
                .contains(
                        "complete -c whippletree -n '__fish_seen_subcommand_from cache; and __fish_seen_subcommand_from"
                                + " clear' -l tenant -x -d 'Only this tenant\\'s answers.'")
                .anyMatch(line -> line.contains("_from init' -s o -l output -rF -d 'The file to write"))
                .anyMatch(line -> line.contains("_from ask' -l stream -l no-stream -d "));
    }

    @Test
    void completionForAnotherShell_isAMistake() {
        assertThat(shell.run("completion", "tcsh")).isEqualTo(2);
        assertThat(shell.err()).contains("expected one of [bash, zsh, fish]", "'tcsh'");
    }

    /** Troff would print nothing of a line that begins with a dot, and curly quotes for those of an example. */
    @Test
    void manualPage_hasTheHelpOfEachCommand() {
        shell.succeeds("man");
        assertThat(shell.out()).startsWith(".TH WHIPPLETREE 1\n.SH NAME\nwhippletree \\- Spreads prompts");
        assertThat(shell.out().lines())
                .contains(".SH whippletree cache clear", ".SH whippletree emulate", ".SH whippletree man")
                .anyMatch(line -> line.contains("\\-\\-max\\-tokens"))
                .allMatch(line -> !line.startsWith(".") || line.matches("\\.(TH|SH|nf|fi)( .*)?"))
                .anyMatch(line -> line.contains("\\(aqSummarise:"))
                .noneMatch(line -> line.matches(".*['`^~].*"))
                .filteredOn(line -> !line.startsWith("whippletree "))
                .allMatch(line -> line.replaceAll("\\\\(?:\\(..|.)", "-").length() <= 74)
                .noneMatch(line -> line.matches(".*(?<!\\\\)-.*"));
    }

    @Test
    void unknownCommand_exitsWith2AndSuggests() {
        assertThat(shell.run("statsu")).isEqualTo(2);
        assertThat(shell.err()).contains("status");
    }

    @Test
    void colours_arePrintedOnATerminalThatShowsThem() {
        shell.terminal(new Terminal(true, true, true, true)).run("--help");
        assertThat(shell.out()).contains("\u001b[");
    }
}
