package dev.whippletree.cache.redis;

/** Redis can't be used just now. Made once and given to every caller until that changes, so it has no stack trace. */
final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedisUnavailableException(String message) {
        super(message, null, false, false);
    }
}
