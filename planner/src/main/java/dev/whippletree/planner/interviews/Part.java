package dev.whippletree.planner.interviews;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The share of the interviews that one of several processes runs: every {@code of}-th, starting at its own number. Immutable.
 *
 * @param number the process's number, from 0
 * @param of the number of processes, 1 or more
 */
public record Part(int number, int of) {

    /** All interviews. */
    public static final Part WHOLE = new Part(0, 1);

    /** Checks the ranges. */
    public Part {
        if (number < 0 || number >= of) {
            throw new IllegalArgumentException(
                    "parts are numbered from 0 to below how many there are, not " + number + " of " + of);
        }
    }

    /** Returns all parts of a run. */
    static List<Part> all(int of) {
        return IntStream.range(0, of).mapToObj(number -> new Part(number, of)).toList();
    }

    /** Returns the numbers of its interviews, ascending. */
    IntStream interviews(Interviews all) {
        return IntStream.iterate(number, interview -> interview < all.interviews(), interview -> interview + of);
    }

    /** Returns how many prompts its interviews have. */
    public int prompts(Interviews all) {
        return (int) interviews(all).count() * all.questions();
    }
}
