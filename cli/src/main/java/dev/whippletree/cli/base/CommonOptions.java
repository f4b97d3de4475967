package dev.whippletree.cli.base;

import dev.whippletree.cli.logging.LogOutput;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every command: help, and how much to print on standard error. */
public final class CommonOptions {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private boolean verbose;
    private boolean debug;

    /** Sets whether to say on standard error what happens; called by picocli. */
    @Option(
            names = {"-v", "--verbose"},
            description = "Print on standard error where answers came from and what happens to accounts.")
    public void verbose(boolean verbose) {
        this.verbose = verbose;
        LogOutput.level(verbose, debug);
    }

    /** Sets whether to log single prompts; called by picocli. */
    @Option(names = "--debug", description = "Log each prompt, never its text, and show stack traces.")
    public void debug(boolean debug) {
        this.debug = debug;
        LogOutput.level(verbose, debug);
    }

    /** Adds them to a command that has no help of its own, and to all below it. */
    public static void addTo(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec().addMixin("common", CommandSpec.forAnnotatedObject(new CommonOptions()));
        }
        command.getSubcommands().values().forEach(CommonOptions::addTo);
    }
}
