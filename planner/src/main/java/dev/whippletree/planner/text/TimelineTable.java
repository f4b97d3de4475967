package dev.whippletree.planner.text;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;

/** The run minute by minute: the first minutes each, later ones together. Immutable. */
final class TimelineTable {

    private static final int SINGLE_ACCOUNTS = 4;

    private final Screen screen;

    TimelineTable(Screen screen) {
        this.screen = screen;
    }

    List<String> lines(Outcome outcome) {
        if (outcome.timeline().isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("Minute", "Asked", "Answered", "No call", "Calls", "by account", "Wait p95", "Left open");
        Stretch.briefly(outcome.timeline()).forEach(stretch -> row(table, stretch));
        List<String> lines = new ArrayList<>(table.expendable(5, 3, 1, 4).lines());
        Sentences.firstMinute(outcome)
                .ifPresent(sentence -> lines.addAll(Columns.prose(screen, Paint.FAINT, sentence)));
        return lines;
    }

    private static void row(Table table, Stretch stretch) {
        table.row(
                Cell.right(stretch.name()).painted(Paint.STRONG),
                Cell.right(Words.count(stretch.asked())),
                Cell.right(Words.count(stretch.answered())),
                Cell.right(stretch.answered() == 0 ? "–" : Sentences.percent(stretch.hitRate())),
                Cell.right(Words.count(stretch.calls())),
                Cell.left(Sentences.perAccount(stretch.callsByAccount(), SINGLE_ACCOUNTS)),
                Cell.right(stretch.answered() + stretch.open() == 0 ? "–" : Words.duration(stretch.p95Waited())),
                Cell.right(Words.count(stretch.open())));
    }
}
