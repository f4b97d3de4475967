package dev.whippletree.cli.base;

import java.util.List;
import java.util.function.Supplier;

/** A mistake that only the user can correct. The command prints only its message; the exit code is 2. */
public final class UserMistake extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int HIGHEST_PORT = 65_535;

    private final List<String> problems;

    public UserMistake(String message) {
        this(List.of(message));
    }

    /** Creates one of several problems, a sentence each. */
    public UserMistake(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    List<String> problems() {
        return problems;
    }

    /**
     * Returns what is made of what was typed.
     *
     * @param where what the message begins with, such as {@code "--accounts: "}
     * @throws UserMistake if making it throws an {@link IllegalArgumentException}, with its message
     */
    public static <T> T checked(String where, Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException e) {
            throw new UserMistake(where + e.getMessage());
        }
    }

    public static void requireAtLeastOne(String option, long number) {
        if (number < 1) {
            throw new UserMistake(option + " is 1 or more, not " + number);
        }
    }

    public static void requirePort(int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new UserMistake("--port is 0 to " + HIGHEST_PORT + ", not " + port);
        }
    }
}
