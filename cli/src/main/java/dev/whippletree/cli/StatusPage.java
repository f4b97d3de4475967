package dev.whippletree.cli;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.board.Bill;
import dev.whippletree.cli.board.StatusBoard;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.StatusSnapshot;
import java.time.LocalDate;
import java.util.List;

/** The status board of a Whippletree, with what its tokens cost. */
final class StatusPage {

    private StatusPage() {}

    /** Returns its lines. */
    static List<String> lines(Whippletree whippletree, Surroundings surroundings) {
        StatusSnapshot status = whippletree.status();
        return new StatusBoard(surroundings.zone(), surroundings.terminal().colours())
                .lines(status, bill(whippletree, status, surroundings));
    }

    /** Returns what the tokens cost. */
    static Bill bill(Whippletree whippletree, StatusSnapshot status, Surroundings surroundings) {
        Configuration configuration = whippletree.configuration();
        LocalDate today = LocalDate.ofInstant(status.at(), surroundings.zone());
        return Bill.of(status, configuration.accounts(), configuration.prices(), today);
    }
}
