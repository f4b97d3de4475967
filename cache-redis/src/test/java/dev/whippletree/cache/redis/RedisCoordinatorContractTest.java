package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.coordinator.CoordinatorContract;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real Redis, which is killed, and comes back empty, where processes are to be cut off. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisCoordinatorContractTest extends CoordinatorContract {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    @RegisterExtension
    static final LoggedLines LOG = new LoggedLines("dev.whippletree.cache.redis")
            .expecting("a notice from another process couldn't be processed");

    private RedisProcess redis;

    @BeforeAll
    void start() throws IOException {
        redis = server("requirepass " + SECRET);
        warmUp();
    }

    RedisProcess server(String... settings) throws IOException {
        return RedisProcess.started(settings);
    }

    /**
     * The first connection of a JVM loads a thousand classes, and takes longer than tests of first reservations allow
     * for.
     */
    private void warmUp() {
        try (FakeServices services = FakeServices.real();
                Coordination first = coordinator().open(settings(), services)) {
            await().until(() -> first.status().connected());
        }
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @Override
    protected Coordinator coordinator() {
        return new RedisCoordinator();
    }

    @Override
    protected Settings settings() {
        return settings(Map.of(
                "uri",
                redis.uri(),
                "password",
                SECRET,
                "key-prefix",
                "test-" + NAMESPACES.incrementAndGet(),
                "claim-lease",
                claimLease().toSeconds() + "s",
                "command-timeout",
                // As long as that, one that is cut off leaves it open whether others are.
                "5s"));
    }

    @Override
    protected Duration claimLease() {
        return Duration.ofSeconds(3);
    }

    @Override
    protected boolean setReachable(boolean reachable) {
        if (reachable) {
            redis.start();
        } else {
            redis.kill();
        }
        return true;
    }

    @Override
    protected List<Settings> settingsWithSecret() {
        String wrong = SECRET + "-wrong";
        return List.of(
                settings(Map.of("uri", redis.uri(), "password", wrong)),
                settings(Map.of("uri", redis.uri(), "username", "alice", "password", wrong)),
                settings(Map.of("uri", "redis://:" + wrong + "@127.0.0.1:" + redis.port())),
                settings(Map.of("uri", "redis://:" + wrong + "@127.0.0.1:1")),
                settings(Map.of("uri", "redis://:" + SECRET + " @_")));
    }

    private static Settings settings(Map<String, String> values) {
        return new Settings("coordinator redis", values);
    }
}
