package dev.whippletree.cli;

import dev.whippletree.cli.logging.LogOutput;
import picocli.CommandLine.Option;

/** What every command understands: its help, and how much it tells on standard error. */
final class CommonOptions {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private boolean verbose;
    private boolean debug;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say on standard error where answers came from and what happens to accounts.")
    void verbose(boolean verbose) {
        this.verbose = verbose;
        LogOutput.level(verbose, debug);
    }

    @Option(names = "--debug", description = "Log single prompts, never their text, and show stack traces.")
    void debug(boolean debug) {
        this.debug = debug;
        LogOutput.level(verbose, debug);
    }

    boolean verbose() {
        return verbose || debug;
    }
}
