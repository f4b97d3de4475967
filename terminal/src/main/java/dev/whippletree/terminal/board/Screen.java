package dev.whippletree.terminal.board;

import java.util.ArrayList;
import java.util.List;

/** The screen that lines of text are formatted for. Immutable. */
public record Screen(boolean colours, int columns) {

    /** Prose on longer lines is hard to read. */
    private static final int MOST_PROSE = 92;

    /** Returns a sentence as lines, broken between words. */
    public List<String> prose(String text) {
        return Words.wrap(text, proseColumns());
    }

    /** Returns a remark as lines with a bullet before the first. */
    List<String> bullet(String remark) {
        List<String> lines = new ArrayList<>();
        for (String line : Words.wrap(remark, proseColumns() - 2)) {
            lines.add((lines.isEmpty() ? "• " : "  ") + line);
        }
        return lines;
    }

    /** Returns how long a line of prose is at most. */
    int proseColumns() {
        return Math.min(MOST_PROSE, columns);
    }
}
