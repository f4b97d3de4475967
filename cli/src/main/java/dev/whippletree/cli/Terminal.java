package dev.whippletree.cli;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * What is known of the terminal. Immutable.
 *
 * @param in whether standard input is a terminal, where somebody can answer a question
 * @param out whether standard output is one, where somebody reads along
 * @param err whether standard error is one, on which lines can be drawn anew
 * @param colours whether standard output shows colours
 */
public record Terminal(boolean in, boolean out, boolean err, boolean colours) {

    /** No terminal at all, as in a pipe. */
    public static final Terminal NONE = new Terminal(false, false, false, false);

    /** A JVM can't tell which of its streams are terminals. The launcher can, and says so by this property: {@code in,out,err}. */
    private static final String PROPERTY = "whippletree.terminals";

    static Terminal ofProcess(Map<String, String> environment) {
        return of(System.getProperty(PROPERTY), environment, () -> System.console() != null, () -> Ansi.AUTO.enabled());
    }

    /** Returns whether the launcher says which streams of this process are a terminal. */
    static boolean isTold() {
        return System.getProperty(PROPERTY) != null;
    }

    /**
     * Says what the terminal can do.
     *
     * @param launcher what the launcher says; null: nothing
     * @param environment where {@code NO_COLOR} (no-color.org) and {@code TERM} are looked up
     * @param console whether the JVM believes to have a console; asked, which takes time, only without a launcher
     * @param ansi whether picocli believes that colours are shown; asked only without a launcher
     */
    static Terminal of(
            @Nullable String launcher, Map<String, String> environment, BooleanSupplier console, BooleanSupplier ansi) {
        boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
        if (launcher == null) {
            boolean there = console.getAsBoolean();
            return new Terminal(there, there, there && !dumb, ansi.getAsBoolean() && !dumb);
        }
        boolean plain = dumb || !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                launcher.contains("in"),
                launcher.contains("out"),
                launcher.contains("err") && !dumb,
                launcher.contains("out") && !plain);
    }
}
