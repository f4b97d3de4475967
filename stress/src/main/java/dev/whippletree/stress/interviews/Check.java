package dev.whippletree.stress.interviews;

import dev.whippletree.terminal.board.Words;

/**
 * A condition of a run, and whether it held. Immutable.
 *
 * @param name the name of the condition
 * @param expected the expected value, in words
 * @param actual the actual value
 * @param held whether they agree
 */
public record Check(String name, String expected, String actual, boolean held) {

    /** Returns a check that a number is exactly another. */
    static Check exactly(String name, long expected, long actual) {
        return new Check(name, Words.count(expected), Words.count(actual), expected == actual);
    }

    /** Returns a check that a number is at least another. */
    static Check atLeast(String name, long expected, long actual) {
        return new Check(name, "at least " + Words.count(expected), Words.count(actual), actual >= expected);
    }

    /** Returns a check that a number is at most another. */
    static Check atMost(String name, long expected, long actual) {
        return new Check(name, "at most " + Words.count(expected), Words.count(actual), actual <= expected);
    }
}
