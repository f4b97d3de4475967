package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.List;
import java.util.Locale;

/** The board's first section: the outcomes of prompts, and their rate. Stateless. */
final class Overview {

    private Overview() {}

    static List<String> lines(StatusSnapshot status, Screen screen) {
        Prompts prompts = status.prompts();
        Table table = new Table(screen);
        row(
                table,
                "Prompts",
                Words.count(prompts.answered()) + " of " + Words.count(prompts.submitted()) + " answered",
                success(prompts) + Words.count(prompts.failed()) + " failed · "
                        + Words.count(prompts.cancelled()) + " cancelled · " + Words.count(prompts.underWay())
                        + " under way");
        row(
                table,
                "No call",
                prompts.answered() == 0 ? "–" : Words.percent(prompts.sparedRate()) + " of answers",
                Words.count(prompts.fromCache()) + " from cache · " + Words.count(prompts.joined())
                        + " joined another's call");
        row(
                table,
                "Calls",
                Words.count(status.calls()) + " made",
                Words.count(status.inFlight()) + " in flight · " + Words.count(status.waiting()) + " waiting in line");
        row(
                table,
                "Speed",
                String.format(Locale.ROOT, "%,.1f", status.promptsPerMinute()) + " prompts a minute",
                Words.count(status.sessionsActive(), "session") + " active");
        row(
                table,
                "Response",
                "mean "
                        + Words.measured(
                                status.latency().count(), status.latency().mean()),
                "p95 "
                        + Words.measured(
                                status.latency().count(), status.latency().p95()));
        row(
                table,
                "Tokens",
                Words.count(status.tokens().total()),
                Words.count(status.tokens().promptTokens()) + " prompt · "
                        + Words.count(status.tokens().completionTokens()) + " completion");
        return table.detail(2).lines();
    }

    /** Of none that has ended there is no share. */
    private static String success(Prompts prompts) {
        return prompts.answered() + prompts.failed() == 0 ? "" : Words.percent(prompts.successRate()) + " success · ";
    }

    private static void row(Table table, String label, String headline, String detail) {
        table.row(Cell.left(label).painted(Paint.FAINT), Cell.left(headline).painted(Paint.STRONG), Cell.left(detail));
    }
}
