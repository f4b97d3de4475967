package dev.whippletree.planner.interviews;

import java.util.Locale;
import java.util.Objects;

/**
 * A condition of a run, and whether it held. Immutable.
 *
 * @param name the name of the condition
 * @param expected the expected value, in words
 * @param actual the actual value
 * @param held whether they agree
 */
public record Check(String name, String expected, String actual, boolean held) {

    /** Rejects null. */
    public Check {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(actual, "actual");
    }

    /** Returns a check that a number is exactly another. */
    public static Check exactly(String name, long expected, long actual) {
        return new Check(name, grouped(expected), grouped(actual), expected == actual);
    }

    /** Returns a check that a number is at least another. */
    static Check atLeast(String name, long expected, long actual) {
        return new Check(name, "at least " + grouped(expected), grouped(actual), actual >= expected);
    }

    /** Returns a check that a number is at most another. */
    static Check atMost(String name, long expected, long actual) {
        return new Check(name, "at most " + grouped(expected), grouped(actual), actual <= expected);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
