package dev.whippletree.cli.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;

/** Input that isn't a terminal: each line is a message; a line that ends with a backslash continues on the next. */
final class PlainLines implements LineEditor {

    private static final int COLUMNS = 80;

    private final BufferedReader in;
    private final PrintWriter notes;

    PlainLines(Reader in, PrintWriter notes) {
        this.in = new BufferedReader(in);
        this.notes = notes;
    }

    @Override
    public Input read(String prompt) {
        try {
            String line = in.readLine();
            return line == null ? new Ended() : new Typed(whole(line));
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }

    private String whole(String first) throws IOException {
        StringBuilder text = new StringBuilder(first);
        while (!text.isEmpty() && text.charAt(text.length() - 1) == '\\') {
            text.setLength(text.length() - 1);
            String next = in.readLine();
            if (next == null) {
                break;
            }
            text.append('\n').append(next);
        }
        return text.toString();
    }

    /** Ctrl-C ends the process here. */
    @Override
    public void onInterrupt(Runnable action) {}

    @Override
    public void above(String line) {
        notes.println(line);
    }

    @Override
    public boolean typed() {
        return false;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void close() {}
}
