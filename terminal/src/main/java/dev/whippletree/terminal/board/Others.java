package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** The board's table of the coordination with other processes. Stateless. */
final class Others {

    private static final int LET_PASS = 2;
    private static final int ALONE = 3;
    private static final int SENT_BACK = 4;
    private static final int LEFT_TO_OTHERS = 5;

    private Others() {}

    static List<String> lines(StatusSnapshot status, Screen screen) {
        return status.coordination().map(there -> lines(there, screen)).orElse(List.of());
    }

    private static List<String> lines(CoordinatorStatus coordination, Screen screen) {
        Table table = new Table(screen);
        table.headings("Coordinator", "Processes", "Let pass", "Alone", "Sent back", "Left to others", "Faults");
        table.row(
                Cell.left(coordination.name() + (coordination.connected() ? "" : " (cut off)"))
                        .painted(coordination.connected() ? Paint.STRONG : Paint.CAUTION),
                Cell.right(coordination.processes() == 0 ? "?" : Words.count(coordination.processes())),
                Cell.right(Words.count(coordination.granted())),
                Cell.alarming(coordination.alone()),
                Cell.right(Words.count(coordination.refused())),
                Cell.right(Words.count(coordination.leftToOthers())),
                Cell.alarming(coordination.faults()));
        List<String> lines = new ArrayList<>(table.expendable(LEFT_TO_OTHERS, SENT_BACK, LET_PASS, ALONE)
                .names(0)
                .lines());
        coordination.problem().ifPresent(problem -> lines.addAll(screen.prose(problem)));
        coordination.remarks().forEach(remark -> lines.addAll(screen.bullet(remark)));
        return lines;
    }
}
