package dev.whippletree.planner.text;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Verdict;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Cells that several tables share, and the tables' width. */
final class Columns {

    private static final int MOST = 80;

    private Columns() {}

    static int width(Screen screen) {
        return Math.min(MOST, screen.columns());
    }

    static List<String> prose(Screen screen, Paint paint, String text) {
        return marked(screen, paint, "", text);
    }

    /** Returns a text behind a mark, as lines of such a width, of which the further ones are indented. */
    static List<String> marked(Screen screen, Paint paint, String mark, String text) {
        List<String> lines = new ArrayList<>();
        for (String line : Words.wrap(text, width(screen) - mark.length())) {
            String before = lines.isEmpty() ? mark : " ".repeat(mark.length());
            lines.add(paint.on(before + line, screen.colours()));
        }
        return lines;
    }

    static Cell verdict(Verdict verdict) {
        return Cell.left(Sentences.word(verdict)).painted(PlanText.paint(verdict));
    }

    static Cell load(Outcome outcome) {
        return Cell.right(Sentences.load(outcome));
    }

    static Cell wait(Outcome outcome, Function<Outcome.Times, Duration> which) {
        return Cell.right(outcome.waited().map(which).map(Words::duration).orElse("–"));
    }
}
