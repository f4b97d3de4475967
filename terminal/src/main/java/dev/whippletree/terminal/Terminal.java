package dev.whippletree.terminal;

import dev.whippletree.terminal.board.Screen;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The properties of the terminal. Immutable.
 *
 * @param in whether standard input is a terminal, so that the user can answer a question
 * @param out whether standard output is a terminal
 * @param err whether standard error is one, on which lines can be drawn anew
 * @param colours whether standard output shows colours
 * @param size how large it is by now
 */
public record Terminal(boolean in, boolean out, boolean err, boolean colours, Size size) {

    /** No terminal at all, as in a pipe. */
    public static final Terminal NONE = new Terminal(false, false, false, false);

    /** How large a terminal is, which may change. */
    @FunctionalInterface
    public interface Size {

        /** Of terminals that don't say. */
        Size USUAL = () -> new Extent(80, 24);

        Extent now();

        /**
         * A size in characters.
         *
         * @param columns how many fit on a line, 1 or more
         * @param rows how many lines there are, 1 or more
         */
        record Extent(int columns, int rows) {}
    }

    /** The width for files and pipes: wide enough for everything. */
    private static final int UNBOUNDED = 200;

    /** Describes one that doesn't say how large it is. */
    public Terminal(boolean in, boolean out, boolean err, boolean colours) {
        this(in, out, err, colours, Size.USUAL);
    }

    /** Returns what lines on standard output are made for. */
    public Screen screen() {
        return new Screen(colours, out ? size.now().columns() : UNBOUNDED);
    }

    /** Returns what lines on standard error are made for, colours aside, which are as on standard output. */
    public Screen errScreen() {
        return new Screen(colours, err ? size.now().columns() : UNBOUNDED);
    }

    /**
     * A JVM can't tell which of its streams are terminals. The launcher can, and says so by this property:
     * {@code in,out,err}.
     */
    private static final String PROPERTY = "whippletree.terminals";

    /**
     * Returns that of this process.
     *
     * @param environment where {@code NO_COLOR} and {@code TERM} are looked up
     * @param ansi whether colours seem to be shown; asked only where no launcher says what is a terminal
     */
    public static Terminal ofProcess(Map<String, String> environment, BooleanSupplier ansi) {
        Terminal terminal = of(System.getProperty(PROPERTY), environment, Terminal::hasConsole, ansi);
        return new Terminal(terminal.in, terminal.out, terminal.err, terminal.colours, new TtySize());
    }

    /** Since JDK 22, a JVM has a console where nothing is a terminal, too; that console then tells. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(
                    java.io.Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Returns whether the launcher says which streams of this process are a terminal. */
    public static boolean isTold() {
        return System.getProperty(PROPERTY) != null;
    }

    /**
     * Says what the terminal can do.
     *
     * @param launcher what the launcher says; null: nothing
     * @param environment where {@code NO_COLOR} (no-color.org) and {@code TERM} are looked up
     * @param console whether the JVM believes to have a console; asked, which takes time, only without a launcher
     * @param ansi whether colours seem to be shown; asked only without a launcher
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
