package dev.whippletree.cache.redis.link;

/**
 * A command wasn't sent, because too many commands of this process are under way. That is its own trouble, and says
 * nothing about Redis.
 */
public final class TooManyCommandsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TooManyCommandsException(String message) {
        super(message, null, false, false);
    }
}
