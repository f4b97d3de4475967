package dev.whippletree.cache.redis;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.cache.CacheContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterContractTest extends CacheContract {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private RealCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        cluster = RealCluster.started(folder, 0);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Override
    protected Cache cache() {
        return new PatientRedisCache();
    }

    @Override
    protected Settings settings() {
        return new Settings(
                "cache redis",
                Map.of(
                        "uri",
                        cluster.uri(),
                        "password",
                        RealCluster.PASSWORD,
                        "key-prefix",
                        "test-" + NAMESPACES.incrementAndGet()));
    }
}
