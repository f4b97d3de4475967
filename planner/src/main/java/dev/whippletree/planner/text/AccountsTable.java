package dev.whippletree.planner.text;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.util.List;

/** The table of accounts, with their calls and their use of each limit. Immutable. */
record AccountsTable(Screen screen) {

    private static final int MOST = 12;
    private static final int LONGEST_ID = 24;
    private static final double TIGHT = 0.9;

    List<String> lines(Outcome outcome) {
        if (outcome.accounts().isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("Account", "Calls", "", "Used", "of its limit");
        outcome.accounts().stream().limit(MOST).forEach(account -> rows(table, account, outcome));
        int more = outcome.accounts().size() - MOST;
        if (more > 0) {
            table.across("and " + Words.count(more, "account") + " more; --json and --report list all");
        }
        return table.expendable(2, 4).names(0).lines();
    }

    /** Accounts of one organization share its limits, which are shown with each of them. */
    private static void rows(Table table, AccountUse account, Outcome outcome) {
        List<LimitUse> limits = outcome.limits().stream()
                .filter(limit -> limit.organization().equals(account.organization()))
                .toList();
        Cell id = Cell.left(Words.clip(account.id(), LONGEST_ID)).painted(Paint.STRONG);
        Cell calls = Cell.right(Words.count(account.calls()));
        if (limits.isEmpty()) {
            table.row(id, calls, Cell.left(""), Cell.right("–"), Cell.left("no limits"));
        }
        for (LimitUse limit : limits) {
            table.row(
                    id,
                    calls,
                    Cell.left(Words.meter(limit.share())).painted(paint(limit.share())),
                    Cell.right(Sentences.percent(limit.share())),
                    Cell.left(limit.limit()));
            id = Cell.left("");
            calls = Cell.left("");
        }
    }

    private static Paint paint(double share) {
        if (share > 1) {
            return Paint.BAD;
        }
        return share > TIGHT ? Paint.CAUTION : Paint.GOOD;
    }
}
