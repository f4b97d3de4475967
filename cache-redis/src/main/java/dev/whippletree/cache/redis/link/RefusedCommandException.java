package dev.whippletree.cache.redis.link;

/**
 * What is shared could be asked, and said that it can't do what was asked: no memory left, no permission, read-only.
 */
public final class RefusedCommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RefusedCommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
