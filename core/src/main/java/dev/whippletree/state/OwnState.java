package dev.whippletree.state;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The state of one process, by a name that no other process has. Immutable. */
public record OwnState(
        String process,
        List<WindowUses> uses,
        List<SavedLimit> limits,
        List<SavedClosure> closures,
        Set<ClosedPlace> reopened,
        List<SavedTokens> tokens) {

    public OwnState {
        Objects.requireNonNull(process, "process");
        uses = List.copyOf(uses);
        limits = List.copyOf(limits);
        closures = List.copyOf(closures);
        reopened = Set.copyOf(reopened);
        tokens = List.copyOf(tokens);
    }
}
