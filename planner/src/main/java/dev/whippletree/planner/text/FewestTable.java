package dev.whippletree.planner.text;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.util.List;

/** The fewest accounts of each kind that are enough, for each size. Immutable. */
record FewestTable(Screen screen) {

    private static final int GAP = 2;

    private static final String INDENT = "  ";

    List<String> lines(CapacityPlan plan) {
        Table table = new Table(screen);
        int longest = plan.sizes().stream()
                .mapToInt(size -> Sentences.size(plan, size).length())
                .max()
                .orElse(0);
        int width = Columns.width(screen) - longest - GAP;
        for (SizePlan size : plan.sizes()) {
            String counted = Sentences.size(plan, size);
            for (String fewest : Sentences.fewest(size)) {
                row(table, counted, width, fewest);
                counted = "";
            }
        }
        return table.lines();
    }

    private static void row(Table table, String size, int width, String text) {
        List<String> wrapped = Words.wrap(text, width - INDENT.length());
        table.row(Cell.right(size).painted(Paint.FAINT), Cell.left(wrapped.get(0)));
        wrapped.subList(1, wrapped.size()).forEach(line -> table.across(INDENT + line));
    }
}
