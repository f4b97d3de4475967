package dev.whippletree.engine.flight;

import dev.whippletree.model.Completion;
import dev.whippletree.model.PromptException.Reason;

/** What a flight does after an attempt. */
public sealed interface NextStep {

    /** It has its answer. */
    record Land(Completion completion) implements NextStep {}

    /** It fails. */
    record Fail(Reason reason) implements NextStep {}

    /**
     * It is tried again.
     *
     * @param pauseNanos how long it pauses first, 0 or more
     * @param counted whether that is a retry, which costs retry budget and starts the tier's patience anew; a refusal by a limit
     *     does neither
     */
    record TryAgain(long pauseNanos, boolean counted) implements NextStep {}

    /** It goes back to its place in the waiting line, as if it had never left. */
    record GoBack() implements NextStep {}

    /** Nothing: it is over. */
    record Nothing() implements NextStep {}
}
