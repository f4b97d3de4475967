package dev.whippletree.terminal.board;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.terminal.board.Table.Cell;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The board's table of accounts, with the reason and the end of each closure. Stateless. */
final class Accounts {

    private static final int LONGEST_ID = 20;

    private static final int PROVIDER = 1;
    private static final int SHARE = 4;
    private static final int IN_FLIGHT = 5;
    private static final int MEAN = 6;
    private static final int P95 = 7;
    private static final int TOKENS = 10;

    private Accounts() {}

    static List<String> lines(StatusSnapshot status, ZoneId zone, Screen screen) {
        Table table = new Table(screen);
        table.headings(
                "Account",
                "Provider",
                "State",
                "Calls",
                "Share",
                "In flight",
                "Mean",
                "p95",
                "429s",
                "Failed",
                "Tokens");
        for (AccountStatus account : status.accounts()) {
            row(table, account, status.calls());
            closure(account, status.at(), zone).ifPresent(text -> table.across(text, paint(account.state())));
            failures(account.failures()).ifPresent(table::across);
        }
        return table.expendable(PROVIDER, TOKENS, SHARE, P95, MEAN, IN_FLIGHT)
                .names(0)
                .lines();
    }

    private static void row(Table table, AccountStatus account, long allCalls) {
        long failed =
                account.failures().values().stream().mapToLong(Long::longValue).sum();
        table.row(
                Cell.left(Words.clip(account.id(), LONGEST_ID)).painted(Paint.STRONG),
                Cell.left(account.provider()),
                Cell.left(word(account.state())).painted(paint(account.state())),
                Cell.right(Words.count(account.calls())),
                Cell.right(allCalls == 0 ? "–" : Words.percent((double) account.calls() / allCalls)),
                Cell.right(account.inFlight() + "/" + account.maxConcurrency()),
                Cell.right(Words.measured(
                        account.latency().count(), account.latency().mean())),
                Cell.right(Words.measured(
                        account.latency().count(), account.latency().p95())),
                Cell.alarming(account.rateLimited()),
                Cell.alarming(failed),
                Cell.right(Words.count(account.tokens().total())));
    }

    private static Optional<String> closure(AccountStatus account, Instant now, ZoneId zone) {
        if (account.reason().isEmpty() && account.until().isEmpty()) {
            return Optional.empty();
        }
        String until = account.until()
                .map(at -> " until " + Words.future(at, now, zone))
                .orElse("");
        String reason = account.reason().map(text -> ": " + text).orElse("");
        return Optional.of(word(account.state()) + until + reason);
    }

    /** Lists the kinds in the order in which they are declared, so that two boards can be compared. */
    private static Optional<String> failures(Map<FailureKind, Long> failures) {
        String list = Arrays.stream(FailureKind.values())
                .filter(failures::containsKey)
                .map(kind -> Words.count(failures.getOrDefault(kind, 0L)) + " " + word(kind))
                .collect(Collectors.joining(" · "));
        return list.isEmpty() ? Optional.empty() : Optional.of("failed: " + list);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Paint paint(AccountState state) {
        return switch (state) {
            case OPEN -> Paint.GOOD;
            case BUSY -> Paint.PLAIN;
            case COOLING -> Paint.CAUTION;
            case OFF -> Paint.BAD;
        };
    }
}
