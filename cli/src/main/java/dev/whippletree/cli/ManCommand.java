package dev.whippletree.cli;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Prints the manual page: the help of all commands. Picocli's own generator writes AsciiDoc, which takes another
 * program to become a page.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/groff_man.7.html">groff_man(7)</a>
 */
@Command(
        name = "man",
        description = "Prints the manual page of all commands and options, for the command man.",
        footer = {"  whippletree man | man -l -", "  whippletree man > ~/.local/share/man/man1/whippletree.1"})
final class ManCommand implements Callable<Integer> {

    /** The width of a help that fits into a terminal of 80, with the page's margin. */
    static final int COLUMNS = 72;

    private final Surroundings surroundings;

    @Spec
    private @Nullable CommandSpec spec;

    ManCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        CommandLine whole = Objects.requireNonNull(spec, "spec").commandLine().getParent();
        String summary = whole.getCommandSpec().usageMessage().description()[0];
        StringBuilder page = new StringBuilder(".TH WHIPPLETREE 1\n.SH NAME\nwhippletree \\- ")
                .append(escaped(summary))
                .append('\n');
        add(page, whole);
        surroundings.out().print(page);
        return ExitCode.ANSWERED;
    }

    private static void add(StringBuilder page, CommandLine command) {
        page.append(".SH ")
                .append(escaped(command.getCommandSpec().qualifiedName()))
                .append("\n.nf\n");
        command.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(line -> page.append(escaped(line)).append('\n'));
        page.append(".fi\n");
        command.getSubcommands().values().forEach(below -> add(page, below));
    }

    /** Troff would print other characters for these, and take a line that begins with a dot for a request. */
    private static String escaped(String line) {
        String text = line.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("`", "\\(ga")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti");
        return text.startsWith(".") ? "\\&" + text : text;
    }
}
