package dev.whippletree.state;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The state of one process. Immutable.
 *
 * @param process a name of its own that no other process has
 * @param uses what it used of each sliding window
 * @param limits how the reported limits stand by what it knows
 * @param closures what is closed by what it knows
 * @param reopened what it knows to have been closed and to be open again
 * @param tokens what it has learned of prompts and completions
 */
public record OwnState(
        String process,
        List<WindowUses> uses,
        List<SavedLimit> limits,
        List<SavedClosure> closures,
        Set<Place> reopened,
        List<SavedTokens> tokens) {

    /** Copies mutable values. */
    public OwnState {
        Objects.requireNonNull(process, "process");
        uses = List.copyOf(uses);
        limits = List.copyOf(limits);
        closures = List.copyOf(closures);
        reopened = Set.copyOf(reopened);
        tokens = List.copyOf(tokens);
    }
}
