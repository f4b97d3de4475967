package dev.whippletree.cli.answer;

import dev.whippletree.model.Delta;
import dev.whippletree.model.ShownText;
import dev.whippletree.terminal.board.Paint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;

/** Prints an answer piece by piece. Thread-safe: guarded by itself. Prints nothing after the end. */
public final class AnswerText {

    private final PrintWriter out;
    private final boolean terminal;
    private final boolean reasoning;
    private final boolean colours;
    private boolean thinking;
    private boolean midLine;
    private boolean over;

    private AnswerText(PrintWriter out, boolean terminal, boolean reasoning, boolean colours) {
        this.out = out;
        this.terminal = terminal;
        this.reasoning = reasoning;
        this.colours = colours;
    }

    /**
     * Returns one that prints what the model says and not what it thinks.
     *
     * @param terminal whether a terminal gets it, which what a model says must not command
     */
    public static AnswerText plain(PrintWriter out, boolean terminal) {
        return new AnswerText(out, terminal, false, false);
    }

    /** Returns one that prints for a terminal, what the model thinks included, faintly where there are colours. */
    public static AnswerText withReasoning(PrintWriter out, boolean colours) {
        return new AnswerText(out, true, true, colours);
    }

    /**
     * Prints the next piece. May block.
     *
     * @throws UncheckedIOException if it can't be printed, which cancels the rest
     */
    public synchronized void take(Delta.Piece piece) {
        if (over) {
            return;
        }
        if (piece instanceof Delta.Text said) {
            say(said.text());
        } else if (piece instanceof Delta.Refusal refused) {
            say(refused.text());
        } else if (piece instanceof Delta.Reasoning thought && reasoning) {
            think(thought.text());
        }
        if (out.checkError()) {
            throw new UncheckedIOException(new IOException("standard output can't be written"));
        }
    }

    private void say(String text) {
        if (thinking) {
            thinking = false;
            endLine();
            out.println();
        }
        print(text, Paint.PLAIN);
    }

    private void think(String text) {
        thinking = true;
        print(text, Paint.FAINT);
    }

    private void print(String text, Paint paint) {
        if (text.isEmpty()) {
            return;
        }
        midLine = !text.endsWith("\n");
        out.print(paint.on(terminal ? ShownText.lines(text) : text, colours));
    }

    public synchronized void end() {
        if (!over) {
            over = true;
            out.println();
            out.flush();
        }
    }

    /** Ends a broken-off answer, so that the next output starts on a new line. */
    public synchronized void breakOff() {
        if (!over) {
            over = true;
            endLine();
            out.flush();
        }
    }

    private void endLine() {
        if (midLine) {
            out.println();
            midLine = false;
        }
    }
}
