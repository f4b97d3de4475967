package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Redis that isn't what it is taken for: it is said what is wrong, and what to do. */
@Tag("slow")
class RedisMisfitTest {

    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, Duration.ofHours(1));

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(Map.of("command-timeout", "5s"));

    @Test
    void serverThatIsTakenForACluster_isNone() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            String uri = "redis-cluster://127.0.0.1:" + redis.port();
            CoordinatedProcess process = processes.open(uri, Map.of("processes", "4"));
            await().untilAsserted(() -> assertThat(process.status().problem())
                    .get()
                    .asString()
                    .contains("cluster support disabled", "it is no cluster: uri begins with redis://", "one of 4"));
            assertThat(process.useAll(ONE_OF_100)).isEqualTo(25);
            try (CachingProcess cache = new CachingProcess(uri, Map.of())) {
                assertThat(cache.fault(Samples.key("t", "q"))).contains("cluster support disabled");
            }
        }
    }

    @Test
    void redisThatMayDropLimits_isWarnedOf_andWorks() throws Exception {
        try (RedisProcess redis = RedisProcess.started("maxmemory 100mb", "maxmemory-policy volatile-lru")) {
            CoordinatedProcess process = processes.open(redis.uri());
            await().untilAsserted(() -> assertThat(process.status().problem())
                    .get()
                    .asString()
                    .contains("maxmemory-policy is volatile-lru; set it to noeviction"));
            processes.awaitInStep();
            assertThat(process.status().connected()).isTrue();

            OtherClient.ask(redis.uri(), other -> other.configSet("maxmemory-policy", "noeviction"));
            CoordinatedProcess another = processes.open(redis.uri());
            await().until(() -> another.status().connected());
            assertThat(another.problem()).isEmpty();
        }
    }

    /** A process of version 1 says under this key that it is there, and that it is gone ten seconds after it is. */
    @Test
    void processesOfVersionOne_areNotCountedWith_andNothingIsGrantedBesideThem() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            String processesOfVersion1 = new String(new RedisKeys("whippletree").processesOfVersion1(), US_ASCII);
            assertThat(processesOfVersion1).isEqualTo("whippletree:v1:processes");
            OtherClient.ask(redis.uri(), other -> {
                other.zadd(processesOfVersion1, 1, "0123456789abcdef");
                return other.pexpire(processesOfVersion1, 10_000);
            });
            CoordinatedProcess process = processes.open(redis.uri(), Map.of("processes", "1"));
            await().untilAsserted(() -> assertThat(process.status().problem())
                    .get()
                    .asString()
                    .contains("processes of an earlier version of Whippletree", "key-prefix whippletree", "end them"));
            assertThat(process.status().connected()).isFalse();
            assertThat(process.reserve(ONE_OF_100)).isInstanceOf(Grant.Refused.class);
            assertThat(process.claim(Samples.key("t", "q"))).isInstanceOf(Claim.Ours.class);
            assertThat(processes
                            .open(redis.uri(), Map.of("key-prefix", "another"))
                            .useAll(ONE_OF_100))
                    .isEqualTo(100);

            OtherClient.ask(redis.uri(), other -> other.del(processesOfVersion1));

            processes.awaitInStep();
            assertThat(process.useAll(ONE_OF_100)).isEqualTo(100);
            assertThat(process.status().alone()).isZero();
        }
    }
}
