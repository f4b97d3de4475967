package dev.whippletree.planner.interviews;

import java.util.Locale;
import java.util.Objects;

/**
 * Something that must hold, and whether it did. Immutable.
 *
 * @param name what it is about
 * @param expected what must be, in words
 * @param actual what was
 * @param held whether that is as it must be
 */
public record Check(String name, String expected, String actual, boolean held) {

    /** Checks that nothing is null. */
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
