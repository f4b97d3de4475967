package dev.whippletree.comparison.contender;

import java.time.Duration;
import java.util.List;

/**
 * A caller, who asks one question after the other.
 *
 * @param tenant on whose behalf
 * @param pause the time between an answer, or the start, and the next question
 * @param texts the questions
 */
public record Caller(String tenant, Duration pause, List<String> texts) {}
