package dev.whippletree.tests.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several Whippletrees over one real Redis. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SharedRedisTest {

    private static final LoadCase LOAD = LoadCases.plain();
    private static final int PROMPTS = LOAD.interviews().prompts();
    private static final int DISTINCT = LOAD.interviews().distinct();
    /** However busy the machine is, no look-up may seem to be a miss. */
    private static final EngineSettings PATIENT = new EngineSettings(
            EngineSettings.DEFAULT.lineSize(), EngineSettings.DEFAULT.maxConcurrency(), Duration.ofSeconds(30));

    @Test
    void whatOneStored_theNextFinds() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                LoadBench bench = LoadBench.start(LOAD)) {
            conduct(bench, redis);
            StatusSnapshot second = conduct(bench, redis);

            assertThat(second.calls()).isZero();
            assertThat(second.prompts().fromCache() + second.prompts().joined()).isEqualTo(PROMPTS);
            assertThat(second.caches()).singleElement().satisfies(tier -> {
                assertThat(tier.misses()).isZero();
                assertThat(tier.hits()).isGreaterThanOrEqualTo(DISTINCT);
            });
            assertThat(bench.stats().calls()).isEqualTo(DISTINCT);
        }
    }

    @Test
    void garbageInRedis_isAMissAndIsReplaced() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                LoadBench bench = LoadBench.start(LOAD)) {
            conduct(bench, redis);
            spoil(redis);
            StatusSnapshot second = conduct(bench, redis);
            StatusSnapshot third = conduct(bench, redis);

            assertThat(second.calls()).isEqualTo(DISTINCT);
            assertThat(second.caches())
                    .singleElement()
                    .satisfies(tier -> assertThat(tier.misses()).isGreaterThanOrEqualTo(DISTINCT));
            assertThat(third.calls()).isZero();
        }
    }

    /** Conducts the interviews with a Whippletree of their own, and returns how it stood at their end. */
    private static StatusSnapshot conduct(LoadBench bench, RedisProcess redis) throws InterruptedException {
        try (Whippletree whippletree = bench.configured()
                .engine(PATIENT)
                .cache("redis", Map.of("uri", redis.uri(), "command-timeout", "30s"))
                .build()) {
            InterviewResults results = LoadBench.resultsOf(bench.conduct(whippletree));
            assertThat(results.errors()).isEmpty();
            assertThat(results.wrong()).isZero();
            assertThat(results.answered()).isEqualTo(PROMPTS);
            return whippletree.status();
        }
    }

    private static void spoil(RedisProcess redis) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            RedisCommands<byte[], byte[]> commands = connection.sync();
            List<byte[]> keys = commands.keys("*");
            assertThat(keys).hasSize(DISTINCT);
            for (int number = 0; number < keys.size(); number++) {
                commands.set(keys.get(number), garbage(number));
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ZERO);
        }
    }

    /** Returns nothing at all, or text, or bytes that look like the start of something. */
    private static byte[] garbage(int number) {
        return switch (number % 3) {
            case 0 -> new byte[0];
            case 1 -> "garbage".getBytes(UTF_8);
            default -> new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) number};
        };
    }
}
