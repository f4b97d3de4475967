package dev.whippletree.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for stages, and says in words what is wrong with one. */
final class Stages {

    /** Only so that a stage that never ends fails its test instead of hanging it. */
    private static final long LONGEST_WAIT_SECONDS = 30;

    private Stages() {}

    /** Returns what a stage ends with, which must not be an exception. */
    static <T> T join(CompletionStage<T> stage, String what) {
        CompletableFuture<T> ended = await(stage, what);
        try {
            return ended.join();
        } catch (CompletionException | CancellationException e) {
            throw new AssertionError(what + " failed: " + e, e);
        }
    }

    /** Checks that a stage ends, no matter how. */
    static void assertEnds(CompletionStage<?> stage, String what) {
        assertThat(await(stage, what)).as("%s must end its stage", what).isDone();
    }

    /** Checks that a call throws nothing and its stage ends with an exception. */
    static void assertFails(Supplier<CompletionStage<?>> call, String what) {
        CompletionStage<?> stage;
        try {
            stage = call.get();
        } catch (RuntimeException e) {
            throw new AssertionError(what + " must end its stage with an exception, not throw one: " + e, e);
        }
        assertThat(await(stage, what))
                .as("%s must end its stage with an exception", what)
                .isCompletedExceptionally();
    }

    private static <T> CompletableFuture<T> await(CompletionStage<T> stage, String what) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            future.handle((value, failure) -> true).get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            return future;
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(what + " never ended its stage", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what + " was waited for until the test was interrupted", e);
        }
    }
}
