package dev.whippletree.cache.redis;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.cache.CacheContract;
import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisContractTest extends CacheContract {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private RedisProcess redis;

    @BeforeAll
    void start() throws IOException {
        redis = server();
    }

    RedisProcess server() throws IOException {
        return RedisProcess.started();
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @Override
    protected Cache cache() {
        return new PatientRedisCache();
    }

    @Override
    protected Settings settings() {
        String prefix = "test-" + NAMESPACES.incrementAndGet();
        return new Settings("cache redis", Map.of("uri", redis.uri(), "key-prefix", prefix));
    }
}
