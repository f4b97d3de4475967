package dev.whippletree.planner.interviews;

import java.time.Duration;

/**
 * The progress of the interviews. Immutable.
 *
 * @param prompts the total number of prompts
 * @param answered how many were answered, rightly or not
 * @param failed how many ended without an answer
 * @param interviewsDone how many interviews have ended
 * @param elapsed since the start; zero before
 */
public record Progress(int prompts, int answered, int failed, int interviewsDone, Duration elapsed) {

    /** Returns how far these and other interviews, started at the same instant, are together. */
    public Progress plus(Progress other) {
        return new Progress(
                prompts + other.prompts,
                answered + other.answered,
                failed + other.failed,
                interviewsDone + other.interviewsDone,
                elapsed.compareTo(other.elapsed) > 0 ? elapsed : other.elapsed);
    }
}
