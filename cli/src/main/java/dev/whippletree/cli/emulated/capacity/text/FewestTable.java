package dev.whippletree.cli.emulated.capacity.text;

import dev.whippletree.cli.board.Paint;
import dev.whippletree.cli.board.Table;
import dev.whippletree.cli.board.Table.Cell;
import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.emulated.capacity.answer.Sentences;
import dev.whippletree.emulator.plan.CapacityPlan;
import dev.whippletree.emulator.plan.CapacityPlan.Fewest;
import dev.whippletree.emulator.plan.CapacityPlan.SizePlan;
import java.util.List;

/** How few accounts of each kind would do, for each size. Immutable. */
final class FewestTable {

    private static final int LONGEST_INTERVIEWS = 18;

    private final boolean colours;

    FewestTable(boolean colours) {
        this.colours = colours;
    }

    List<String> lines(CapacityPlan plan) {
        Table table = new Table(colours);
        for (SizePlan size : plan.sizes()) {
            boolean several =
                    size.fewest().stream().map(Fewest::kind).distinct().count() > 1;
            String interviews = Words.count(size.interviews(), "interview");
            for (Fewest fewest : size.fewest()) {
                row(table, interviews, Sentences.kind(fewest, several) + ": " + Sentences.fewest(fewest));
                interviews = "";
            }
        }
        return table.lines();
    }

    private static void row(Table table, String interviews, String text) {
        List<String> wrapped = Wrapping.lines(text, Wrapping.WIDTH - LONGEST_INTERVIEWS);
        table.row(Cell.right(interviews).painted(Paint.FAINT), Cell.left(wrapped.get(0)));
        wrapped.subList(1, wrapped.size()).forEach(line -> table.across("  " + line));
    }
}
