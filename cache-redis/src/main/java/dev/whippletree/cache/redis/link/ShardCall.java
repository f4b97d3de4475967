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

/**
 * A command to a cluster. While the keys of its slot are being moved, it is sent again and again; and it has one time
 * for everything, since Lettuce doesn't count how long it takes to connect to the command's node. Stateless.
 */
final class ShardCall {

    /** The keys of a slot move within milliseconds. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** How a node begins to say that it, or the cluster, doesn't serve a key now. All else is about the command. */
    private static final List<String> NOT_SERVED =
            List.of("MOVED ", "ASK ", "CLUSTERDOWN", "TRYAGAIN", "LOADING", "READONLY", "MASTERDOWN");

    private ShardCall() {}

    /**
     * Sends a command.
     *
     * @param timeout after which it has failed with a {@link RedisCommandTimeoutException}
     */
    static <T> CompletionStage<T> send(Supplier<CompletionStage<T>> command, Duration timeout, Services services) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Cancellable end = services.schedule(
                timeout,
                () -> answer.completeExceptionally(
                        new RedisCommandTimeoutException("the command's node doesn't answer in time")));
        attempt(command, answer, services);
        return answer.whenComplete((value, failure) -> end.cancel());
    }

    private static <T> void attempt(
            Supplier<CompletionStage<T>> command, CompletableFuture<T> answer, Services services) {
        if (answer.isDone()) {
            return;
        }
        try {
            command.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else if (isMoving(failure)) {
                    services.schedule(PAUSE, () -> attempt(command, answer, services));
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Returns whether a command failed because its node is away or doesn't serve its slot. */
    static boolean isNotServed(Throwable failure) {
        return failure instanceof RefusedCommandException
                ? NOT_SERVED.stream().anyMatch(String.valueOf(failure.getMessage())::startsWith)
                : !(failure instanceof TooManyCommandsException);
    }

    private static boolean isMoving(Throwable failure) {
        return Cause.find(RedisCommandExecutionException.class, failure)
                .filter(refusal -> String.valueOf(refusal.getMessage()).startsWith("TRYAGAIN"))
                .isPresent();
    }
}
