package dev.whippletree.cli.chat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;

/** A terminal with a line discipline of its own, at which a test types and on which it reads. */
final class PseudoTerminal {

    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";
    static final String ENTER = "\r";
    static final String UP = "\u001bOA";
    static final String LEFT = "\u001bOD";

    private static final int PIPE_BYTES = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PipedOutputStream keys = new PipedOutputStream();
    private final Screen screen = new Screen();
    private final Terminal terminal;

    PseudoTerminal() {
        try {
            terminal = new ExternalTerminal(
                    "pseudo", "xterm", new PipedInputStream(keys, PIPE_BYTES), screen, StandardCharsets.UTF_8);
            terminal.setSize(Size.of(80, 24));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Terminal terminal() {
        return terminal;
    }

    /** Returns what prints on it beside the line editor. */
    PrintWriter writer() {
        return new PrintWriter(terminal.output(), true, StandardCharsets.UTF_8);
    }

    PseudoTerminal type(String... pressed) {
        try {
            keys.write(String.join("", pressed).getBytes(StandardCharsets.UTF_8));
            keys.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Blocks until a text has appeared behind what was awaited before, and leaves it behind. */
    PseudoTerminal await(String text) {
        screen.await(text);
        return this;
    }

    /** Everything that was written, without what only moves the cursor or paints. */
    private static final class Screen extends OutputStream {

        /** What moves the cursor or paints; at the end also the beginning of such. */
        private static final String UNSEEN = "\u001b\\[[0-9;?]*(?:[A-Za-z]|$)|\u001b[=>]|\u001b$|\u0008";

        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int seen;

        @Override
        public synchronized void write(int octet) {
            written.write(octet);
            notifyAll();
        }

        @Override
        public synchronized void write(byte[] octets, int offset, int length) {
            written.write(octets, offset, length);
            notifyAll();
        }

        synchronized void await(String text) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                String shown = written.toString(StandardCharsets.UTF_8).replaceAll(UNSEEN, "");
                int at = shown.indexOf(text, seen);
                if (at >= 0) {
                    seen = at + text.length();
                    return;
                }
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new AssertionError("'" + text + "' doesn't appear behind: " + shown.substring(seen));
                }
                try {
                    wait(millis);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }
}
