package dev.whippletree.planner.text;

import static dev.whippletree.planner.text.Columns.heading;
import static dev.whippletree.planner.text.Columns.headingRight;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;

/** The table of sizes: whether the accounts are enough, the calls, and the waits. Immutable. */
final class SizesTable {

    private static final String LEGEND = "Used: share of the allowed calls. Wait: for room, not for the answer.";

    private final Screen screen;

    SizesTable(Screen screen) {
        this.screen = screen;
    }

    List<String> lines(CapacityPlan plan) {
        Table table = new Table(screen);
        table.row(
                heading(Sentences.sizesHeading(plan)),
                heading("Holds"),
                headingRight("Calls"),
                headingRight("No call"),
                headingRight("Used"),
                headingRight("Wait p50"),
                headingRight("p95"),
                headingRight("worst"));
        plan.sizes().forEach(size -> row(table, size));
        List<String> lines = new ArrayList<>(table.expendable(5, 3, 7, 4).lines());
        Words.wrap(LEGEND, Columns.width(screen)).forEach(line -> lines.add(Paint.FAINT.on(line, screen.colours())));
        return lines;
    }

    private static void row(Table table, SizePlan size) {
        Outcome outcome = size.asIs();
        table.row(
                Cell.right(Words.count(size.interviews())).painted(Paint.STRONG),
                Columns.verdict(outcome.verdict()),
                Cell.right(Words.count(outcome.calls())),
                Cell.right(Sentences.percent(outcome.hitRate())),
                Columns.load(outcome),
                Columns.p50(outcome),
                Columns.p95(outcome),
                Columns.worst(outcome));
    }
}
