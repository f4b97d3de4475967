package dev.whippletree.cache.redis.link;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Looks into failures, which stages and futures wrap in others. Stateless. */
public final class Cause {

    private Cause() {}

    /** Returns what went wrong itself, without the exceptions that stages and futures have put around it. */
    public static Throwable of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null
                && (cause instanceof CompletionException || cause instanceof ExecutionException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Returns the outermost exception of a type in a failure, however deep it is. */
    public static <T extends Throwable> Optional<T> find(Class<T> type, Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return Optional.of(type.cast(each));
            }
        }
        return Optional.empty();
    }
}
