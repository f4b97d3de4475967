package dev.whippletree.stress.interviews;

import java.time.Duration;
import java.util.List;

/**
 * The results of the interviews, or those so far. Immutable.
 *
 * @param prompts how many prompts were planned
 * @param answered how many were answered, including wrong answers
 * @param failed how many ended without an answer
 * @param wrong how many answers didn't belong to their prompt
 * @param elapsed from the start to the last end, or to now
 * @param interviewTimes how long each interview took that has ended, shortest first
 * @param errors the first few errors, in words
 */
public record InterviewResults(
        int prompts,
        int answered,
        int failed,
        int wrong,
        Duration elapsed,
        List<Duration> interviewTimes,
        List<String> errors) {

    public InterviewResults {
        interviewTimes = interviewTimes.stream().sorted().toList();
        errors = List.copyOf(errors);
    }

    /**
     * Returns the time that a share of the interviews didn't exceed; zero if none ended.
     *
     * @param share above 0 and at most 1: 0.5 for the median, 1 for the longest
     */
    public Duration interviewTime(double share) {
        if (interviewTimes.isEmpty()) {
            return Duration.ZERO;
        }
        int rank = (int) Math.ceil(share * interviewTimes.size());
        return interviewTimes.get(Math.max(1, rank) - 1);
    }

    /** Returns the time of the interview that ended first; zero if none ended. */
    public Duration shortestInterview() {
        return interviewTimes.isEmpty() ? Duration.ZERO : interviewTimes.get(0);
    }
}
