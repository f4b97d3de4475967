package dev.whippletree.cli.status;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.PricedStatus;
import dev.whippletree.terminal.board.StatusBoard;
import java.time.LocalDate;
import java.util.List;

/** The status board of a Whippletree, with the cost of its tokens. */
public final class StatusPage {

    private StatusPage() {}

    /** Returns its lines. */
    public static List<String> lines(Whippletree whippletree, Surroundings surroundings) {
        return lines(status(whippletree, surroundings), surroundings);
    }

    /** Returns the lines of a status, of whatever Whippletree it is. */
    public static List<String> lines(PricedStatus priced, Surroundings surroundings) {
        return new StatusBoard(surroundings.zone(), surroundings.terminal().screen())
                .lines(priced.status(), priced.bill());
    }

    /** Returns how everything stands, and what the tokens cost. */
    public static PricedStatus status(Whippletree whippletree, Surroundings surroundings) {
        StatusSnapshot status = whippletree.status();
        return PricedStatus.of(
                status, whippletree.configuration(), LocalDate.ofInstant(status.at(), surroundings.zone()));
    }
}
