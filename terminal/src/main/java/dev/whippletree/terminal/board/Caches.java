package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** The board's table of cache tiers, nearest first, with their own statistics. Stateless. */
final class Caches {

    private static final int MISSES = 2;
    private static final int FAULTS = 3;

    private Caches() {}

    static List<String> lines(StatusSnapshot status, Screen screen) {
        if (status.caches().isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("Cache", "Hits", "Misses", "Faults", "Hit rate");
        status.caches().forEach(tier -> row(table, tier));
        List<String> lines =
                new ArrayList<>(table.expendable(MISSES, FAULTS).names(0).lines());
        status.caches()
                .forEach(tier ->
                        tier.remarks().forEach(remark -> lines.addAll(screen.bullet(tier.name() + ": " + remark))));
        return lines;
    }

    private static void row(Table table, CacheTier tier) {
        long lookups = tier.hits() + tier.misses();
        table.row(
                Cell.left(tier.name()).painted(Paint.STRONG),
                Cell.right(Words.count(tier.hits())),
                Cell.right(Words.count(tier.misses())),
                Cell.alarming(tier.faults()),
                Cell.right(lookups == 0 ? "–" : Words.percent((double) tier.hits() / lookups)));
    }
}
