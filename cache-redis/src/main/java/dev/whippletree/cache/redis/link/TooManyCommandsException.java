package dev.whippletree.cache.redis.link;

/**
 * A command wasn't sent, because too many commands of this process are under way. That is its own trouble, and says
 * nothing about Redis.
 */
public final class TooManyCommandsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Lettuce's words, whichever of its queues is full: of commands to be sent, or of those that await an answer. */
    private static final String WORDS = "Commands are not accepted until";

    public TooManyCommandsException(String message) {
        super(message, null, false, false);
    }

    /** Returns whether a failure of Lettuce's is meant. */
    public static boolean isMeantBy(Throwable failure) {
        return String.valueOf(Cause.of(failure).getMessage()).contains(WORDS);
    }
}
