package dev.whippletree.cli.plan.text;

import dev.whippletree.cli.board.Screen;
import dev.whippletree.cli.board.Words;
import java.util.List;

/** Breaks sentences into lines of 80 columns at most. Stateless. */
final class Wrapping {

    private static final int MOST = 80;

    private static final String UNBROKEN = "\u00a0%";

    private Wrapping() {}

    /** Returns how wide text is at most. */
    static int width(Screen screen) {
        return Math.min(MOST, screen.columns());
    }

    /** Returns a text as lines of at most a width, broken between words, but never between a number and its percent sign. */
    static List<String> lines(String text, int width) {
        return Words.wrap(text.replace(" %", UNBROKEN), width).stream()
                .map(line -> line.replace(UNBROKEN, " %"))
                .toList();
    }
}
