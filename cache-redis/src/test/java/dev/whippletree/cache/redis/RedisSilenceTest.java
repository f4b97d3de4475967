package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Redis behind connections that stay open and go silent, while new ones would be answered. */
@Tag("slow")
class RedisSilenceTest {

    private static final Map<String, String> SETTINGS = Map.of("command-timeout", "1s");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, Duration.ofHours(1));

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(SETTINGS);

    private RedisProcess redis;
    private FreezingProxy proxy;

    @BeforeEach
    void start() throws IOException {
        redis = RedisProcess.started();
        warmUp();
        proxy = FreezingProxy.before(redis.port());
    }

    /** The first connection of a JVM loads a thousand classes, and may take longer than an attempt to connect. */
    private void warmUp() {
        await().atMost(LONGEST_WAIT).ignoreExceptions().untilAsserted(() -> {
            try (CachingProcess first = new CachingProcess(redis.uri(), SETTINGS)) {
                first.put(KEY);
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        redis.close();
    }

    @Test
    void allConnectionsOfACoordinatorFreeze_andBothAreMadeAnew() {
        List<CoordinatedProcess> two = processes.open(proxy.uri(), 2);
        processes.awaitInStep();
        int before = proxy.connections();

        proxy.freeze();

        await().atMost(LONGEST_WAIT).until(() -> proxy.connections() >= before + 4);
        processes.awaitInStep();
        assertThat(two.stream().mapToLong(process -> process.useAll(ONE_OF_100)).sum())
                .isEqualTo(100);
    }

    @Test
    void cacheThatIsAskedOnce_makesItsConnectionAnewWithoutBeingAskedAgain() {
        try (CachingProcess cache = new CachingProcess(proxy.uri(), SETTINGS)) {
            await().atMost(LONGEST_WAIT).ignoreExceptions().until(() -> cache.isStored(KEY));
            int before = proxy.connections();

            proxy.freeze();
            assertThat(cache.fault(KEY)).contains("timed out");

            await().atMost(LONGEST_WAIT).until(() -> proxy.connections() > before);
            await().atMost(LONGEST_WAIT).ignoreExceptions().until(() -> cache.isStored(KEY));
        }
    }

    @Test
    void subscriptionAloneFreezes_andNoticesAreHeardAgain() {
        List<CoordinatedProcess> two = processes.open(proxy.uri(), 2);
        processes.awaitInStep();
        List<ScopeClosing> heard = new CopyOnWriteArrayList<>();
        two.get(1).coordination().listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                heard.add(closing);
            }

            @Override
            public void reopened(Scope scope) {}
        });

        long before = proxy.connectionsThatSent("SUBSCRIBE");

        proxy.freezeThoseThatSent("SUBSCRIBE");
        two.get(0)
                .coordination()
                .closed(new ScopeClosing(CoordinatedProcess.SCOPE, Duration.ofMinutes(1), true, "quota"));

        await().atMost(LONGEST_WAIT).until(() -> proxy.connectionsThatSent("SUBSCRIBE") >= before + 2);
        await().atMost(LONGEST_WAIT).until(() -> !heard.isEmpty());
    }
}
