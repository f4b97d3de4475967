package dev.whippletree.cache.redis.contact;

/** Processes of another version share limits under the same prefix, in a way that can't be reconciled with this one. */
public final class OtherVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates one; its message says who the others are and what to do. */
    public OtherVersionException(String message) {
        super(message, null, false, false);
    }
}
