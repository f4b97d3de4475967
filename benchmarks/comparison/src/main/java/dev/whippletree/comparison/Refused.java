package dev.whippletree.comparison;

/** The comparison can't go on, because its results would be worth nothing: the message says what to do. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    Refused(String message) {
        super(message);
    }
}
