package dev.whippletree.model;

/** The base of all exceptions of Whippletree. Messages are meant for users and contain no secrets. */
public abstract class WhippletreeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, to what, and what to do
     */
    protected WhippletreeException(String message) {
        super(message);
    }
}
