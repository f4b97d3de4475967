package dev.whippletree.cli.base;

/** Something only the user can put right. Its message is all that is printed; the exit code is 2. */
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
