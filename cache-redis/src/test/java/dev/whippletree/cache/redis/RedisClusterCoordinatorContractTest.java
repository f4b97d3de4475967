package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.coordinator.CoordinatorContract;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real cluster, all of whose nodes are killed where processes are to be cut off. */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterCoordinatorContractTest extends CoordinatorContract {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    @RegisterExtension
    static final LoggedLines LOG = new LoggedLines("dev.whippletree.cache.redis")
            .expecting("a notice from another process couldn't be processed");

    private RealCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        cluster = RealCluster.started(folder, 0);
        try (FakeServices services = FakeServices.real();
                Coordination first = coordinator().open(settings(), services)) {
            await().until(() -> first.status().connected());
        }
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Override
    protected Coordinator coordinator() {
        return new RedisCoordinator();
    }

    @Override
    protected Settings settings() {
        return new Settings(
                "coordinator redis",
                Map.of(
                        "uri",
                        cluster.uri(),
                        "password",
                        RealCluster.PASSWORD,
                        "key-prefix",
                        "test-" + NAMESPACES.incrementAndGet(),
                        "claim-lease",
                        claimLease().toSeconds() + "s",
                        "command-timeout",
                        "5s"));
    }

    @Override
    protected List<Settings> settingsWithSecret() {
        String wrong = SECRET + "-wrong";
        return List.of(
                settings(Map.of("uri", cluster.uri(), "password", wrong)),
                settings(Map.of("uri", cluster.uri(), "username", "alice", "password", wrong)),
                settings(Map.of("uri", "redis-cluster://:" + wrong + "@127.0.0.1:1,127.0.0.1:2")),
                settings(Map.of("uri", "redis-cluster://:" + SECRET + " @_")));
    }

    private static Settings settings(Map<String, String> values) {
        return new Settings("coordinator redis", values);
    }

    @Override
    protected Duration claimLease() {
        return Duration.ofSeconds(3);
    }

    @Override
    protected boolean setReachable(boolean reachable) {
        if (reachable) {
            cluster.nodes().forEach(cluster::start);
            cluster.awaitHealthy();
        } else {
            cluster.nodes().forEach(cluster::kill);
        }
        return true;
    }
}
