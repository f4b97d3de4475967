package dev.whippletree.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for stages, and describes what is wrong with one. Immutable. Its methods block. */
public final class Stages {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Duration longestWait;

    /** Creates one that waits half a minute, so that a stage that never ends fails its test instead of hanging it. */
    public Stages() {
        this(LONGEST_WAIT);
    }

    /**
     * Creates what waits for that long.
     *
     * @param longestWait after which what was to happen counts as never happening; positive
     */
    public Stages(Duration longestWait) {
        this.longestWait = longestWait;
    }

    /**
     * Returns what a stage ends with.
     *
     * @param what names the stage in a failure
     * @throws AssertionError if it ends with an exception, or never
     */
    public <T> T join(CompletionStage<T> stage, String what) {
        CompletableFuture<T> ended = await(stage, what);
        try {
            return ended.join();
        } catch (CompletionException | CancellationException e) {
            throw new AssertionError(what + " failed: " + e, e);
        }
    }

    /**
     * Checks that a stage ends, no matter how.
     *
     * @param what names the stage in a failure
     * @throws AssertionError if it never does
     */
    public void assertEnds(CompletionStage<?> stage, String what) {
        assertThat(await(stage, what)).as("%s must end its stage", what).isDone();
    }

    /**
     * Checks that a call throws nothing and its stage ends with an exception.
     *
     * @param what names the call in a failure
     * @throws AssertionError if it throws, or its stage ends without an exception, or never
     */
    public void assertFails(Supplier<? extends CompletionStage<?>> call, String what) {
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

    /**
     * Waits until something holds.
     *
     * @param condition asked again and again
     * @param what says what is to hold, in a failure
     * @throws AssertionError if it never does
     */
    public void eventually(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > longestWait.toNanos()) {
                throw new AssertionError("this never happened: " + what);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private <T> CompletableFuture<T> await(CompletionStage<T> stage, String what) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            future.handle((value, failure) -> true).get(longestWait.toNanos(), TimeUnit.NANOSECONDS);
            return future;
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(what + " never ended its stage", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what + " was waited for until the test was interrupted", e);
        }
    }
}
