package dev.whippletree.cli.base;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Blocks until a future ends; only commands may do that. Stateless. */
public final class Waiting {

    private Waiting() {}

    /**
     * Blocks until a future has ended.
     *
     * @return what it ended with
     * @throws java.util.concurrent.CancellationException if it was cancelled
     * @throws RuntimeException what it failed with, without the wrapping
     */
    public static <T> T on(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
