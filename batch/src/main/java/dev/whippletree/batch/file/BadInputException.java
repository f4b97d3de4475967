package dev.whippletree.batch.file;

import java.util.List;

/** A batch's input or output is invalid. Immutable. */
public final class BadInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /**
     * Creates one.
     *
     * @param problems what is wrong: file, line and what to do, a sentence each; at least one
     */
    BadInputException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    BadInputException(String problem) {
        this(List.of(problem));
    }

    /** Returns what is wrong, a sentence each. */
    public List<String> problems() {
        return problems;
    }
}
