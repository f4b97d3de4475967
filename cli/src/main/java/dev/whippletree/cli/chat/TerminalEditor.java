package dev.whippletree.cli.chat;

import dev.whippletree.cli.base.UserMistake;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/**
 * Reads messages at a terminal, with history. Enter ends a message, except after a backslash, where it
 * starts a new line; pasted lines stay one message. Text typed between two calls of {@link #read} is shown at the
 * next.
 */
final class TerminalEditor implements LineEditor {

    /** Calls stty, which needs no native code and so no leave to load it; a Windows console can't do without. */
    private static final String PROVIDERS = "exec,jni";

    /** Before a widget's name: the one that was there before it was replaced. */
    private static final String BUILT_IN = ".";

    private static final int HISTORY_LINES = 1_000;
    /** What is taken for the width of a terminal that doesn't know its own. */
    private static final int USUAL_COLUMNS = 80;

    private final Terminal terminal;
    private final LineReader reader;
    private volatile Runnable interrupt = () -> {};

    /** Creates one that closes the terminal, and keeps messages in a file if one is given. */
    TerminalEditor(Terminal terminal, Optional<Path> history) {
        this.terminal = terminal;
        this.reader = reader(terminal, history);
        bindEnter();
        terminal.handle(Signal.INT, signal -> interrupt.run());
        hideTyping();
    }

    /** Opens one at this process's terminal. */
    static TerminalEditor ofProcess(Optional<Path> history) {
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .providers(PROVIDERS)
                    .dumb(true)
                    .graphemeCluster(false)
                    .build();
            return new TerminalEditor(terminal, history);
        } catch (IOException | IllegalStateException e) {
            throw new UserMistake("the terminal can't be used: " + e.getMessage());
        }
    }

    private static LineReader reader(Terminal terminal, Optional<Path> history) {
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                // What people write is no shell's language: quotes, backslashes and exclamation marks mean themselves.
                .parser(new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]))
                .option(Option.DISABLE_EVENT_EXPANSION, true)
                .option(Option.HISTORY_IGNORE_SPACE, false)
                .option(Option.HISTORY_REDUCE_BLANKS, false)
                .option(Option.INSERT_TAB, false)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P  ")
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .variable(LineReader.BELL_STYLE, "none");
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        return builder.build();
    }

    private void bindEnter() {
        reader.getWidgets().put(LineReader.ACCEPT_LINE, () -> {
            if (!reader.getBuffer().toString().endsWith("\\")) {
                reader.callWidget(BUILT_IN + LineReader.ACCEPT_LINE);
                return true;
            }
            reader.getBuffer().cursor(reader.getBuffer().length());
            reader.getBuffer().backspace();
            reader.getBuffer().write("\n");
            return true;
        });
    }

    private void hideTyping() {
        Attributes attributes = terminal.getAttributes();
        attributes.setLocalFlag(LocalFlag.ECHO, false);
        terminal.setAttributes(attributes);
    }

    @Override
    public Input read(String prompt) {
        try {
            return new Typed(reader.readLine(prompt));
        } catch (UserInterruptException e) {
            return new Interrupted(e.getPartialLine().isEmpty());
        } catch (EndOfFileException | IOError e) {
            return new Ended();
        }
    }

    @Override
    public void onInterrupt(Runnable action) {
        interrupt = action;
    }

    @Override
    public void above(String line) {
        reader.printAbove(line);
    }

    @Override
    public boolean typed() {
        return true;
    }

    @Override
    public int columns() {
        return terminal.getColumns() > 1 ? terminal.getColumns() : USUAL_COLUMNS;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            // It is gone already, and this command has nothing left to say on it.
            interrupt = () -> {};
        }
    }
}
