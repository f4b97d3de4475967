package dev.whippletree.batch.file;

import java.util.List;

/** A batch's input or output is invalid. Immutable. */
public final class BadInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;
    private final transient List<LineProblem> lines;

    /**
     * Creates one.
     *
     * @param problems what is wrong: file, line and what to do, a sentence each; at least one
     */
    BadInputException(List<String> problems) {
        this(problems, List.of());
    }

    /**
     * Creates one.
     *
     * @param lines those of the problems that single lines have
     */
    BadInputException(List<String> problems, List<LineProblem> lines) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
        this.lines = List.copyOf(lines);
    }

    BadInputException(String problem) {
        this(List.of(problem));
    }

    /** Returns what is wrong, a sentence each. */
    public List<String> problems() {
        return problems;
    }

    /** Returns those of the problems that single lines of an input have, at most the first 100 of them. */
    public List<LineProblem> lines() {
        return lines;
    }
}
