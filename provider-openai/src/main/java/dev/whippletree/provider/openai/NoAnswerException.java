package dev.whippletree.provider.openai;

/** What a service sent instead of a whole answer. */
final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ServiceError error;

    NoAnswerException(ServiceError error) {
        super(error.toString(), null, false, false);
        this.error = error;
    }

    ServiceError error() {
        return error;
    }
}
