package dev.whippletree.stress.interviews;

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
public record Progress(int prompts, int answered, int failed, int interviewsDone, Duration elapsed) {}
