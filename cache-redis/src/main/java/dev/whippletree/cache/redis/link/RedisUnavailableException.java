package dev.whippletree.cache.redis.link;

/** Redis can't be used just now. Made once and given to every caller until that changes, so it has no stack trace. */
public final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates one; its message says where Redis is and what is wrong. */
    public RedisUnavailableException(String message) {
        super(message, null, false, false);
    }
}
