package dev.whippletree.terminal.board;

import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.terminal.board.Table.Cell;
import java.time.Duration;
import java.util.List;

/** The board's table of limits; a limit that several accounts share appears once. Stateless. */
final class Limits {

    private static final int LONGEST_SCOPE = 40;

    private static final int METER_COLUMN = 2;
    private static final int KNOWN = 4;
    private static final int NEXT = 5;

    private Limits() {}

    static List<String> lines(StatusSnapshot status, Screen screen) {
        List<LimitStatus> limits = status.accounts().stream()
                .flatMap(account -> account.limits().stream())
                .distinct()
                .toList();
        if (limits.isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("Limit of", "Left", "", "Amount", "Known");
        limits.forEach(limit -> row(table, limit));
        return table.expendable(METER_COLUMN, KNOWN, NEXT).names(0).lines();
    }

    private static void row(Table table, LimitStatus limit) {
        Paint paint = limit.left() == 0 ? Paint.CAUTION : Paint.GOOD;
        table.row(
                Cell.left(Words.clip(limit.scope().toString(), LONGEST_SCOPE)),
                Cell.right(isPace(limit) ? "–" : Words.count(limit.left())).painted(Paint.STRONG),
                Cell.left(isPace(limit) ? "" : Words.meter((double) limit.left() / limit.amount()))
                        .painted(paint),
                Cell.left(amount(limit)),
                Cell.left(Accounts.word(limit.source())),
                Cell.left(next(limit)).painted(Paint.CAUTION));
    }

    /** A rate found by trial is a pace, of which nothing is left or used up. */
    private static boolean isPace(LimitStatus limit) {
        return limit.source() == LimitStatus.LimitSource.LEARNED;
    }

    private static String amount(LimitStatus limit) {
        String counted = limit.window()
                .map(known -> unitAndWindow(new Limit(limit.unit(), limit.amount(), known)))
                .orElse(limit.unit().wireName() + " / unknown window");
        return (isPace(limit) ? "about " : "of ") + Words.count(limit.amount()) + " " + counted;
    }

    /** Returns a limit without its amount: {@code requests / 1h}. */
    static String unitAndWindow(Limit limit) {
        String written = limit.toString();
        return written.substring(written.indexOf(' ') + 1);
    }

    private static String next(LimitStatus limit) {
        return limit.nextIn().isPresent() && !isPace(limit)
                ? "more in " + Words.duration(Duration.ofNanos(limit.nextIn().getAsLong()))
                : "";
    }
}
