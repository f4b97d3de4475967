package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
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

    private static final Map<String, String> SETTINGS = Map.of("command-timeout", "250ms");
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, Duration.ofHours(1));

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(SETTINGS);

    private RedisProcess redis;
    private FreezingProxy proxy;

    @BeforeEach
    void start() throws IOException {
        redis = RedisProcess.started();
        proxy = FreezingProxy.before(redis.port());
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
        assertThat(proxy.connections()).isEqualTo(4);

        proxy.freeze();

        await().until(() -> proxy.connections() >= 8);
        processes.awaitInStep();
        assertThat(two.stream().mapToLong(process -> process.useAll(ONE_OF_100)).sum())
                .isEqualTo(100);
        assertThat(proxy.connections()).isEqualTo(8);
    }

    @Test
    void cacheThatIsAskedOnce_makesItsConnectionAnewWithoutBeingAskedAgain() {
        try (CachingProcess cache = new CachingProcess(proxy.uri(), SETTINGS)) {
            cache.put(KEY);

            proxy.freeze();
            assertThat(cache.fault(KEY)).contains("timed out");

            await().until(() -> proxy.connections() == 2);
            await().ignoreExceptions().until(() -> cache.isStored(KEY));
            assertThat(proxy.connections()).isEqualTo(2);
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

        proxy.freezeThoseThatSent("SUBSCRIBE");
        two.get(0)
                .coordination()
                .closed(new ScopeClosing(CoordinatedProcess.SCOPE, Duration.ofMinutes(1), true, "quota"));

        await().until(() -> proxy.connectionsThatSent("SUBSCRIBE") == 4);
        await().until(() -> !heard.isEmpty());
        assertThat(proxy.connections()).isEqualTo(6);
    }
}
