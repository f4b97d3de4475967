package dev.whippletree.provider.openai.read;

import dev.whippletree.provider.openai.dialect.ServiceError;

/** What a service sent instead of a whole answer. */
public final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ServiceError error;

    NoAnswerException(ServiceError error) {
        super(error.toString(), null, false, false);
        this.error = error;
    }

    /** Returns what the service sent. */
    public ServiceError error() {
        return error;
    }
}
