package dev.whippletree.spi;

import dev.whippletree.model.ShownText;
import java.util.Optional;

/**
 * The status of a coordination. Immutable.
 *
 * @param connected whether the other processes can be reached
 * @param processes how many there were when they last could, this one included; 0 if that isn't known
 * @param alone reservations granted without asking the others, since the start
 * @param problem what is wrong, a sentence that says what to do; absent: nothing. Never with a secret
 */
public record CoordinationStatus(boolean connected, int processes, long alone, Optional<String> problem) {

    /** Checks the ranges, and makes the problem safe to show. */
    public CoordinationStatus {
        problem = problem.map(ShownText::line);
        if (processes < 0 || alone < 0) {
            throw new IllegalArgumentException("counts are 0 or more: " + processes + ", " + alone);
        }
    }
}
