package dev.whippletree.cache.redis.link;

/**
 * One shard of a cluster hasn't done what was asked: it didn't answer, or it refused. That says nothing about the other
 * shards.
 */
public final class ShardUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ShardUnavailableException(Throwable reason) {
        super(reason.getMessage(), reason);
    }

    /** Returns what a server that is alone would have failed with, whether or not it was a shard. */
    public static Throwable reasonOf(Throwable failure) {
        Throwable reason = failure instanceof ShardUnavailableException ? failure.getCause() : null;
        return reason == null ? failure : reason;
    }
}
