package dev.whippletree.cli;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The layout of every command's help: usage, options in order of use, exit codes, examples. */
final class HelpLayout {

    private static final int WIDEST = 100;

    /** Picocli can't do with less. */
    private static final int NARROWEST = 55;

    private static final String INDENT = "  ";
    private static final String DEEPER = INDENT.repeat(3);

    private HelpLayout() {}

    /** Lays out the help of a command and of all below it, for lines of so many characters. */
    static void apply(CommandLine command, int columns) {
        int width = Math.max(NARROWEST, Math.min(WIDEST, columns));
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.width(width);
        usage.sortOptions(false);
        usage.parameterListHeading("%n");
        usage.optionListHeading("%nOptions:%n");
        usage.commandListHeading("%nCommands:%n");
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(ExitCode.help(command.getCommandName()));
        if (usage.footer().length > 0) {
            usage.footerHeading("%nExamples:%n");
            usage.footer(Arrays.stream(usage.footer())
                    .flatMap(line -> fitted(line, width))
                    .toArray(String[]::new));
        }
        if (columns < NARROWEST) {
            command.getHelpSectionMap()
                    .replaceAll((section, written) -> help -> narrowed(written.render(help), columns));
        }
        command.getSubcommands().values().forEach(below -> apply(below, columns));
    }

    /** Breaks lines between words, which a terminal doesn't. */
    private static String narrowed(String text, int columns) {
        return text.lines()
                .flatMap(line -> {
                    int indent = Math.min(
                            DEEPER.length(), line.length() - line.stripLeading().length());
                    return Words.wrap(line, columns - indent).stream().map(" ".repeat(indent)::concat);
                })
                .map(line -> line.stripTrailing() + System.lineSeparator())
                .collect(Collectors.joining());
    }

    /** An example that is too long is continued as a shell reads it, and what it does stands below it. */
    private static Stream<String> fitted(String line, int width) {
        if (line.length() <= width) {
            return Stream.of(line);
        }
        if (!line.startsWith(INDENT)) {
            return Words.wrap(line, width).stream();
        }
        List<String> lines = new ArrayList<>();
        String[] parts = line.strip().split(" {2,}", 2);
        List<String> command = Words.wrap(parts[0], width - DEEPER.length() - 2);
        for (int index = 0; index < command.size(); index++) {
            boolean last = index == command.size() - 1;
            lines.add((index == 0 ? INDENT : DEEPER) + command.get(index) + (last ? "" : " \\"));
        }
        if (parts.length > 1) {
            Words.wrap(parts[1], width - DEEPER.length()).forEach(words -> lines.add(DEEPER + words));
        }
        return lines.stream();
    }
}
