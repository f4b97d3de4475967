package dev.whippletree.planner.text;

import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;

/** The table of outcomes with other accounts or processes, one line each. Immutable. */
record AdviceTable(Screen screen) {

    private static final int LONGEST_TITLE = 30;

    List<String> lines(SizePlan size) {
        if (size.advice().isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("", "Holds", "Calls", "Used", "Wait p95", "Unanswered");
        List<String> notes = new ArrayList<>();
        for (Advice advice : size.advice()) {
            row(table, advice, advice.assumption().isEmpty() ? "" : note(advice.assumption(), notes));
        }
        List<String> lines = new ArrayList<>(table.expendable(3, 2, 4).lines());
        for (int number = 1; number <= notes.size(); number++) {
            lines.addAll(Columns.marked(screen, Paint.FAINT, "(" + number + ") ", notes.get(number - 1)));
        }
        return lines;
    }

    private static String note(String assumption, List<String> notes) {
        if (!notes.contains(assumption)) {
            notes.add(assumption);
        }
        return " (" + (notes.indexOf(assumption) + 1) + ")";
    }

    private void row(Table table, Advice advice, String note) {
        int longestTitle = Math.min(LONGEST_TITLE, screen.columns() / 3);
        Outcome outcome = advice.outcome();
        List<String> title = Words.wrap(advice.title() + note, longestTitle);
        table.row(
                Cell.left(title.get(0)).painted(Paint.STRONG),
                Columns.verdict(outcome.verdict()),
                Cell.right(Words.count(outcome.calls())),
                Columns.load(outcome),
                Columns.wait(outcome, Outcome.Times::p95),
                Cell.right(outcome.unanswered() == 0 ? "–" : Words.count(outcome.unanswered())));
        title.subList(1, title.size())
                .forEach(line -> table.row(Cell.left("  " + line).painted(Paint.STRONG)));
    }
}
