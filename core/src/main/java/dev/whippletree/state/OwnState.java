package dev.whippletree.state;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The state of one process. Immutable.
 *
 * @param process its unique name
 * @param uses its use of each sliding window
 * @param limits the reported limits as it knows them
 * @param closures the closures that it knows of
 * @param reopened what it knows to be open again
 * @param tokens what it has learned about prompts and completions
 */
public record OwnState(
        String process,
        List<WindowUses> uses,
        List<SavedLimit> limits,
        List<SavedClosure> closures,
        Set<ClosedPlace> reopened,
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
