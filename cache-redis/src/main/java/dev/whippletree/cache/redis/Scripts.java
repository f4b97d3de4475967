package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisLink;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Runs scripts over a link. Thread-safe; never blocks. */
final class Scripts {

    private final RedisLink link;
    private final CorruptValue corrupt;

    Scripts(RedisLink link, CorruptValue corrupt) {
        this.link = link;
        this.corrupt = corrupt;
    }

    /** Runs a script that replies with a list. Arguments are sent as texts, unless they are bytes. */
    @SuppressWarnings("unchecked")
    CompletionStage<List<Object>> multi(Script script, List<byte[]> names, Object... arguments) {
        return run(script, names, arguments).thenApply(reply -> (List<Object>) reply);
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
        return link.send(redis -> redis.<List<Object>>evalsha(script.digest(), type, all, values)
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

    private static byte[] bytes(Object argument) {
        return argument instanceof byte[] bytes ? bytes : argument.toString().getBytes(UTF_8);
    }

    /** Returns what bytes say that a script replied. */
    static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}
