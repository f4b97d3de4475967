package dev.whippletree.cli;

import dev.whippletree.cli.base.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The layout of every command's help: usage, options in order of use, exit codes, examples. */
final class HelpLayout {

    private static final int WIDTH = 100;

    private HelpLayout() {}

    /** Lays out the help of a command and of all below it. */
    static void apply(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.width(WIDTH);
        usage.sortOptions(false);
        usage.parameterListHeading("%n");
        usage.optionListHeading("%nOptions:%n");
        usage.commandListHeading("%nCommands:%n");
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(ExitCode.help(command.getCommandName()));
        if (usage.footer().length > 0) {
            usage.footerHeading("%nExamples:%n");
        }
        command.getSubcommands().values().forEach(HelpLayout::apply);
    }
}
