package dev.whippletree.cli.board;

import dev.whippletree.cli.board.Table.Cell;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Coordination;
import java.util.List;

/** A table of several processes over the same accounts, one line each. Immutable. */
public final class ProcessTable {

    private static final int STATE = 1;
    private static final int NO_CALL = 4;
    private static final int CALLS = 5;
    private static final int SENT_BACK = 6;
    private static final int LEFT_TO_OTHERS = 7;

    private final Screen screen;

    /**
     * Creates a table.
     *
     * @param screen what it has to fit
     */
    public ProcessTable(Screen screen) {
        this.screen = screen;
    }

    /** What can be said of a process in a word. */
    public enum State {
        /** Asks and answers. */
        AT_WORK(Paint.PLAIN),
        /** Hasn't been heard of for a while. */
        SILENT(Paint.CAUTION),
        /** Has nothing more to ask. */
        DONE(Paint.GOOD),
        /** Ended before it was done. */
        LOST(Paint.BAD);

        private final Paint paint;

        State(Paint paint) {
            this.paint = paint;
        }
    }

    /**
     * One process. Immutable.
     *
     * @param number its number, from 1
     * @param pid what the system calls it
     * @param state in a word
     * @param prompts how many prompts it has to put; those that a lost process didn't answer have failed
     * @param status how it stood when it was last heard of
     */
    public record Row(int number, long pid, State state, int prompts, StatusSnapshot status) {}

    /** Returns the lines. */
    public List<String> lines(List<Row> rows) {
        Table table = new Table(screen);
        table.row(
                heading("Process", false),
                heading("State", false),
                heading("Answered", true),
                heading("Failed", true),
                heading("No call", true),
                heading("Calls", true),
                heading("Sent back", true),
                heading("Left to others", true));
        rows.forEach(row -> row(table, row));
        return table.expendable(LEFT_TO_OTHERS, SENT_BACK, NO_CALL, CALLS, STATE)
                .lines();
    }

    private static Cell heading(String text, boolean right) {
        return new Cell(text, right, Paint.FAINT);
    }

    private static void row(Table table, Row row) {
        StatusSnapshot.Prompts prompts = row.status.prompts();
        long failed = row.state == State.LOST ? row.prompts - prompts.answered() : prompts.failed();
        table.row(
                Cell.left(row.number + " (pid " + row.pid + ")").painted(Paint.STRONG),
                Cell.left(Accounts.word(row.state)).painted(row.state.paint),
                Cell.right(Words.count(prompts.answered()) + " of " + Words.count(row.prompts)),
                Cell.right(Words.count(failed)).painted(failed == 0 ? Paint.PLAIN : Paint.CAUTION),
                Cell.right(Words.percent(prompts.sparedRate())),
                Cell.right(Words.count(row.status.calls())),
                Cell.right(row.status
                        .coordination()
                        .map(Coordination::refused)
                        .map(Words::count)
                        .orElse("–")),
                Cell.right(row.status
                        .coordination()
                        .map(Coordination::leftToOthers)
                        .map(Words::count)
                        .orElse("–")));
    }
}
