package dev.whippletree.stress.interviews;

import dev.whippletree.terminal.board.Words;

/** A condition of a run, in words, and whether it held. Immutable. */
public record Check(String name, String expected, String actual, boolean held) {

    static Check exactly(String name, long expected, long actual) {
        return new Check(name, Words.count(expected), Words.count(actual), expected == actual);
    }

    static Check atLeast(String name, long expected, long actual) {
        return new Check(name, "at least " + Words.count(expected), Words.count(actual), actual >= expected);
    }

    static Check atMost(String name, long expected, long actual) {
        return new Check(name, "at most " + Words.count(expected), Words.count(actual), actual <= expected);
    }
}
