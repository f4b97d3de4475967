package dev.whippletree.cli.emulated.capacity.text;

import dev.whippletree.cli.board.Words;
import java.util.List;

/** Breaks sentences into lines for a terminal of 80 columns. Stateless. */
final class Wrapping {

    /** How wide the text is at most. */
    static final int WIDTH = 80;

    private static final String UNBROKEN = "\u00a0%";

    private Wrapping() {}

    /** Returns a text as lines of at most a width, broken between words, but never between a number and its percent sign. */
    static List<String> lines(String text, int width) {
        return Words.wrap(text.replace(" %", UNBROKEN), width).stream()
                .map(line -> line.replace(UNBROKEN, " %"))
                .toList();
    }
}
