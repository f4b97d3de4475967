package dev.whippletree.cache.redis;

/** Processes of another version share limits under the same prefix, in a way that can't be reconciled with this one. */
final class OtherVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OtherVersionException(String message) {
        super(message, null, false, false);
    }
}
