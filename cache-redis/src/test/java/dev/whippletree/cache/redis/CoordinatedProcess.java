package dev.whippletree.cache.redis;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** One of several processes of a test, each with threads, connections and memory of its own. */
final class CoordinatedProcess implements AutoCloseable {

    static final Scope SCOPE = Scope.of("test/acme");

    private final FakeServices services = FakeServices.real();
    private final Coordination coordination;

    CoordinatedProcess(String uri, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("uri", uri));
        all.putAll(settings);
        coordination = new RedisCoordinator().open(new Settings("coordinator redis", all), services);
    }

    static CoordinatedProcess at(RedisProcess redis) {
        return new CoordinatedProcess(redis.uri(), Map.of("command-timeout", "10s"));
    }

    static LimitUse one(long amount, Duration window) {
        return new LimitUse(SCOPE, "requests", Limit.requests(amount, window), 1);
    }

    Coordination coordination() {
        return coordination;
    }

    FakeServices services() {
        return services;
    }

    CoordinationStatus status() {
        return coordination.status();
    }

    Grant reserve(LimitUse... uses) {
        return coordination
                .reserve(List.of(uses))
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** Reserves until it is refused, and returns what was granted. */
    List<String> reserveAll(LimitUse use) {
        ArrayList<String> ids = new ArrayList<>();
        while (reserve(use) instanceof Grant.Granted granted) {
            ids.add(granted.id());
        }
        return ids;
    }

    void settle(String id) {
        coordination.settle(id, OptionalLong.empty(), Duration.ZERO);
    }

    @Override
    public void close() {
        coordination.close();
        services.close();
    }
}
