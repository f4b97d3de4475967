package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.status.Bill;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Formats a {@link StatusSnapshot} as text for a screen of 40 columns or more: exactly the snapshot, nothing more.
 * Immutable.
 *
 * @param zone in whose time of day instants are shown
 * @param screen what the board has to fit
 */
public record StatusBoard(ZoneId zone, Screen screen) {

    /** Returns the whole board, without costs. */
    public List<String> lines(StatusSnapshot status) {
        return lines(status, List.of());
    }

    public List<String> lines(StatusSnapshot status, Bill bill) {
        return lines(status, Costs.lines(bill, screen));
    }

    private List<String> lines(StatusSnapshot status, List<String> costs) {
        List<String> lines = new ArrayList<>();
        lines.add(title(status));
        lines.add(Paint.FAINT.on("─".repeat(screen.proseColumns()), screen.colours()));
        lines.addAll(Overview.lines(status, screen));
        section(lines, Accounts.lines(status, zone, screen));
        section(lines, Limits.lines(status, screen));
        section(lines, Tenants.lines(status, screen));
        section(lines, Caches.lines(status, screen));
        section(lines, Others.lines(status, screen));
        section(lines, costs);
        section(lines, notes(status));
        return lines;
    }

    /** Returns the part that is worth watching while prompts are under way: what was answered, and the accounts. */
    public List<String> liveLines(StatusSnapshot status) {
        List<String> lines = new ArrayList<>(Overview.lines(status, screen));
        section(lines, Accounts.lines(status, zone, screen));
        return lines;
    }

    /** Returns everything that matters most in one line, without colours, for output that isn't a terminal. */
    public String line(StatusSnapshot status) {
        String accounts = status.accounts().stream()
                .map(account -> account.id() + " " + Words.count(account.calls(), "call")
                        + (account.state() == AccountState.OPEN ? "" : " " + Accounts.word(account.state())))
                .collect(Collectors.joining(", "));
        return Words.count(status.prompts().answered()) + " answered, "
                + Words.count(status.prompts().failed()) + " failed, "
                + Words.count(status.prompts().underWay()) + " under way, "
                + Words.count(status.waiting()) + " waiting; " + accounts;
    }

    private String title(StatusSnapshot status) {
        String name = "Whippletree";
        String when = Words.time(status.at(), status.at(), zone) + " · up " + Words.duration(status.uptime());
        String gap = " ".repeat(Math.max(1, screen.proseColumns() - name.length() - when.length()));
        return Paint.STRONG.on(name, screen.colours()) + gap + Paint.FAINT.on(when, screen.colours());
    }

    private static void section(List<String> lines, List<String> more) {
        if (!more.isEmpty()) {
            lines.add("");
            lines.addAll(more);
        }
    }

    private List<String> notes(StatusSnapshot status) {
        List<String> notes = new ArrayList<>();
        if (status.pickerFaults() > 0) {
            notes.add("A balancing strategy failed " + Words.count(status.pickerFaults(), "time")
                    + "; the least used target was taken instead.");
        }
        notes.addAll(status.notes());
        return notes.stream().flatMap(note -> screen.bullet(note).stream()).toList();
    }
}
