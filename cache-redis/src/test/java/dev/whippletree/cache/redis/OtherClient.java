package dev.whippletree.cache.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.time.Duration;
import java.util.function.Function;

/** A client that has nothing to do with ours, connected for one command or a few. */
final class OtherClient {

    private OtherClient() {}

    /** Returns what a server says. */
    static <T> T ask(String uri, Function<RedisCommands<String, String>, T> use) {
        return with(uri, client -> use.apply(client.connect().sync()));
    }

    /** Returns what a Sentinel says. */
    static <T> T askSentinel(String uri, Function<RedisSentinelCommands<String, String>, T> use) {
        return with(uri, client -> use.apply(client.connectSentinel().sync()));
    }

    private static <T> T with(String uri, Function<RedisClient, T> use) {
        RedisClient client = RedisClient.create(RedisURI.create(uri));
        try {
            return use.apply(client);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
