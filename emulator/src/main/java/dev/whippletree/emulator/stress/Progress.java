package dev.whippletree.emulator.stress;

import java.time.Duration;

/**
 * How far the interviews are. Immutable.
 *
 * @param prompts how many prompts there will be
 * @param answered how many were answered, rightly or not
 * @param failed how many ended without an answer
 * @param interviewsDone how many interviews have ended
 * @param elapsed since the start
 */
public record Progress(int prompts, int answered, int failed, int interviewsDone, Duration elapsed) {}
