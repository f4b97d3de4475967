package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.ReportedFaultException;

/** Redis can't be used just now, as {@link RedisLink} logs. */
public final class RedisUnavailableException extends ReportedFaultException {

    private static final long serialVersionUID = 1L;

    public RedisUnavailableException(String message) {
        super(message);
    }
}
