package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.model.ShownText;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Sends commands and runs scripts over a link, and says in the words of {@link CoordinationCommands} how they failed.
 * Thread-safe; never blocks.
 */
final class Scripts {

    private final RedisLink link;
    private final CorruptValue corrupt;

    Scripts(RedisLink link, CorruptValue corrupt) {
        this.link = link;
        this.corrupt = corrupt;
    }

    /** Runs a script that replies with a list. Arguments are sent as texts, unless they are bytes. */
    CompletionStage<List<Object>> multi(Script script, List<byte[]> names, Object... arguments) {
        return run(script, names, arguments).thenApply(Scripts::list);
    }

    /** Runs a script that replies with a number. */
    CompletionStage<Long> number(Script script, List<byte[]> names, Object... arguments) {
        return run(script, names, arguments).thenApply(Long.class::cast);
    }

    /** A Redis that was started anew knows no scripts; it is given the text then, once. */
    private CompletionStage<Object> run(Script script, List<byte[]> names, Object... arguments) {
        byte[][] all = names.toArray(byte[][]::new);
        byte[][] values = Stream.of(arguments).map(Scripts::bytes).toArray(byte[][]::new);
        ScriptOutputType type = ScriptOutputType.MULTI;
        return send(redis -> redis.<List<Object>>evalsha(script.digest(), type, all, values)
                        .exceptionallyCompose(failure -> Cause.find(RedisNoScriptException.class, failure)
                                        .isPresent()
                                ? redis.eval(script.text(), type, all, values)
                                : CompletableFuture.failedFuture(failure)))
                .thenApply(this::told);
    }

    private Object told(List<Object> reply) {
        if (reply.size() == 3) {
            corrupt.note((Long) reply.get(1), text(reply.get(2)));
        }
        return reply.get(0);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object reply) {
        return (List<Object>) reply;
    }

    <T> CompletionStage<T> send(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return link.send(command).exceptionallyCompose(failure -> CompletableFuture.failedFuture(reasonOf(failure)));
    }

    /** Of a cluster, a command that was sent and failed is one shard's trouble, unless no node can be asked at all. */
    private Throwable reasonOf(Throwable failure) {
        Throwable reason = translate(Cause.of(failure));
        boolean isOfOneShard = link.isCluster()
                && !(reason instanceof RedisUnavailableException)
                && !(reason instanceof TooManyCommandsException);
        return isOfOneShard ? new ShardUnavailableException(reason) : reason;
    }

    private static Throwable translate(Throwable failure) {
        Optional<RedisCommandExecutionException> refusal = Cause.find(RedisCommandExecutionException.class, failure);
        if (refusal.isPresent()) {
            return new RefusedCommandException(
                    ShownText.line(String.valueOf(refusal.get().getMessage())), failure);
        }
        if (TooManyCommandsException.isMeantBy(failure)) {
            return new TooManyCommandsException(String.valueOf(failure.getMessage()));
        }
        return Cause.find(RedisCommandTimeoutException.class, failure)
                .<Throwable>map(timeout -> new TimeoutException("it doesn't answer"))
                .orElse(failure);
    }

    private static byte[] bytes(Object argument) {
        return argument instanceof byte[] bytes ? bytes : argument.toString().getBytes(UTF_8);
    }

    /** Returns what bytes say that a script replied. */
    static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}
