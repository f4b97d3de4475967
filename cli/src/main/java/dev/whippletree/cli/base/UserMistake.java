package dev.whippletree.cli.base;

/** A mistake that only the user can correct. The command prints only its message; the exit code is 2. */
public final class UserMistake extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what is wrong and what to do; may have several lines
     */
    public UserMistake(String message) {
        super(message);
    }
}
