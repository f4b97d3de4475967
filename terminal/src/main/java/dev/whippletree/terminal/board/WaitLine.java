package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Account;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Optional;

/** One line that says why a prompt has no answer yet. */
public final class WaitLine {

    private WaitLine() {}

    /**
     * Returns the line.
     *
     * @param status how everything stands
     * @param waited for how long
     * @param zone in whose time of day instants are written
     */
    public static String of(StatusSnapshot status, Duration waited, ZoneId zone) {
        if (status.waiting() == 0) {
            return "asking, " + seconds(waited);
        }
        String line = "waiting, " + seconds(waited);
        return line
                + first(status)
                        .map(account -> room(account, status, zone) + reason(account))
                        .orElse("");
    }

    /** Returns the account that opens first of those that are closed. */
    private static Optional<Account> first(StatusSnapshot status) {
        return status.accounts().stream()
                .filter(account -> account.state() != AccountState.OPEN)
                .min(Comparator.comparing(account -> account.until().orElse(Instant.MAX)));
    }

    private static String room(Account account, StatusSnapshot status, ZoneId zone) {
        return account.until()
                .map(at -> ", room at " + Words.future(at, status.at(), zone))
                .orElse("");
    }

    private static String reason(Account account) {
        return ", " + account.id() + " is " + Accounts.word(account.state())
                + account.reason().map(text -> ": " + text).orElse("");
    }

    private static String seconds(Duration waited) {
        return Words.duration(waited.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                .replace(".0 s", " s");
    }
}
