package dev.whippletree.planner.text;

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
record SizesTable(Screen screen) {

    private static final String LEGEND = "Used: share of the allowed calls. Wait: for room, not for the answer.";

    List<String> lines(CapacityPlan plan) {
        Table table = new Table(screen);
        String units = plan.request().workload().units();
        table.headings(units, "Holds", "Calls", "No call", "Used", "Wait p50", "p95", "worst");
        plan.sizes().forEach(size -> row(table, size));
        List<String> lines = new ArrayList<>(table.expendable(5, 3, 7, 4).lines());
        lines.addAll(Columns.prose(screen, Paint.FAINT, LEGEND));
        return lines;
    }

    private static void row(Table table, SizePlan size) {
        Outcome outcome = size.asIs();
        table.row(
                Cell.right(Words.count(size.interviews())).painted(Paint.STRONG),
                Columns.verdict(outcome.verdict()),
                Cell.right(Words.count(outcome.calls())),
                Cell.right(outcome.simulated() ? Sentences.percent(outcome.hitRate()) : "–"),
                Columns.load(outcome),
                Columns.wait(outcome, Outcome.Times::p50),
                Columns.wait(outcome, Outcome.Times::p95),
                Columns.wait(outcome, Outcome.Times::worst));
    }
}
