package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A command to a cluster. While the keys of its slot are being moved, it is sent again and again; and it has one time
 * for everything, since Lettuce doesn't count how long it takes to connect to the command's node. Thread-safe.
 */
final class ShardCall<T> {

    /** The keys of a slot move within milliseconds. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** How a node begins to say that it, or the cluster, doesn't serve a key now. All else is about the command. */
    private static final List<String> NOT_SERVED =
            List.of("MOVED ", "ASK ", "CLUSTERDOWN", "TRYAGAIN", "LOADING", "READONLY", "MASTERDOWN");

    private final Supplier<CompletionStage<T>> command;
    private final Services services;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private ShardCall(Supplier<CompletionStage<T>> command, Services services) {
        this.command = command;
        this.services = services;
    }

    /**
     * Sends a command.
     *
     * @param timeout after which it has failed with a {@link RedisCommandTimeoutException}
     */
    static <T> CompletionStage<T> send(Supplier<CompletionStage<T>> command, Duration timeout, Services services) {
        ShardCall<T> call = new ShardCall<>(command, services);
        Cancellable end = services.schedule(timeout, call::giveUp);
        call.attempt();
        return call.answer.whenComplete((answer, failure) -> end.cancel());
    }

    /** Returns whether a command failed because its node is away or doesn't serve its slot. */
    static boolean isNotServed(Throwable failure) {
        return Cause.find(RedisCommandExecutionException.class, failure)
                .map(refusal -> NOT_SERVED.stream().anyMatch(String.valueOf(refusal.getMessage())::startsWith))
                .orElseGet(() -> !TooManyCommandsException.isMeantBy(failure));
    }

    private void attempt() {
        try {
            command.get().whenComplete(this::answered);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void answered(@Nullable T value, @Nullable Throwable failure) {
        if (failure == null) {
            answer.complete(value);
        } else if (isMoving(failure)) {
            services.schedule(PAUSE, this::again);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    private static boolean isMoving(Throwable failure) {
        return Cause.find(RedisCommandExecutionException.class, failure)
                .filter(refusal -> String.valueOf(refusal.getMessage()).startsWith("TRYAGAIN"))
                .isPresent();
    }

    private void again() {
        if (!answer.isDone()) {
            attempt();
        }
    }

    private void giveUp() {
        answer.completeExceptionally(new RedisCommandTimeoutException("the command's node doesn't answer in time"));
    }
}
