package dev.whippletree.planner;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A prompt that was really asked, as a trace has it. Immutable.
 *
 * @param at when it came
 * @param took how long it took until its answer was complete, or it failed; zero or more
 * @param client the tenant that asked it
 * @param session whose prompts may wait for each other's answers; absent: it waits for none
 * @param key the same for equal prompts, and different for others
 * @param tokens how many tokens it has, 1 or more; of equal prompts those of one of them count
 * @param bound its own bound on the answer, 1 or more tokens
 * @param answer how many tokens its answer had, if it got one
 */
public record RecordedPrompt(
        Instant at,
        Duration took,
        String client,
        Optional<String> session,
        long key,
        int tokens,
        OptionalInt bound,
        OptionalInt answer) {

    /** Returns whether an earlier prompt was answered when it came. */
    boolean isAfter(RecordedPrompt earlier) {
        return !at.isBefore(earlier.at.plus(earlier.took));
    }
}
