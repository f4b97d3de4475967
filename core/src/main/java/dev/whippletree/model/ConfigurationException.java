package dev.whippletree.model;

import java.util.List;

/** An invalid configuration. Lists every problem found, not just the first. */
public final class ConfigurationException extends WhippletreeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /**
     * Creates an exception.
     *
     * @param problems at least one; each says in one line where it is, what is wrong and what to do
     */
    public ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems, a line each. */
    public List<String> problems() {
        return problems;
    }
}
