package dev.whippletree.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.function.Consumer;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The destination and the level of the log. Thread-safe. One for the process, like logging itself.
 *
 * <p>Only Whippletree's own loggers ever get more talkative than warnings: libraries may log what people ask and what
 * services answer.
 */
public final class LogOutput {

    private static final String OURS = "dev.whippletree";

    private static volatile Consumer<String> lines = System.err::println;
    private static volatile boolean verbose;
    private static volatile boolean debugging;
    private static volatile boolean raised;

    private LogOutput() {}

    /** Hands each log line, by any thread, to another consumer from now on. */
    public static void to(Consumer<String> lines) {
        LogOutput.lines = lines;
    }

    /** Sets whether what happens to accounts is logged, and whether single prompts are, with stack traces. */
    public static void level(boolean verbose, boolean debug) {
        LogOutput.verbose = verbose;
        debugging = debug;
        // Logging starts by itself, at warnings, when something logs; starting it here would slow down every command.
        if (!verbose && !debug && !raised) {
            return;
        }
        raised = true;
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            Logger ours = context.getLogger(OURS);
            ours.setLevel(logback(verbose, debug));
        }
    }

    private static Level logback(boolean verbose, boolean debug) {
        if (debug) {
            return Level.DEBUG;
        }
        return verbose ? Level.INFO : Level.WARN;
    }

    static void write(String line) {
        lines.accept(line);
    }

    /** Returns whether only warnings are logged, because nobody asked for more. */
    public static boolean isQuiet() {
        return !verbose && !debugging;
    }

    /** Returns whether stack traces are wanted. */
    public static boolean debugging() {
        return debugging;
    }
}
