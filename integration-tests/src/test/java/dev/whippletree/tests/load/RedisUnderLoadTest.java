package dev.whippletree.tests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Redis that isn't there or goes away while interviews run: every prompt is answered while it is still away. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RedisUnderLoadTest {

    private static final LoadCase LOAD = LoadCase.plain();
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(30);

    /** What befalls Redis once a quarter of the prompts is done, and what brings it back after the last one. */
    private enum Trouble {
        KILLED,
        FROZEN,
        RESTARTED;

        private void happen(RedisProcess redis) throws Exception {
            if (this == FROZEN) {
                redis.freeze();
            } else {
                redis.kill();
            }
            if (this == RESTARTED) {
                redis.start();
            }
        }

        private void end(RedisProcess redis) throws Exception {
            switch (this) {
                case KILLED -> redis.start();
                case FROZEN -> redis.resume();
                case RESTARTED -> {}
            }
        }
    }

    @Test
    void downAtStart_everyPromptIsAnswered_andHitsComeOnceItIsUp() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared();
                LoadBench bench = LoadBench.start(LOAD);
                Whippletree whippletree = open(bench, redis, false)) {
            assertAllAnswered(LoadBench.resultsOf(bench.conduct(whippletree)), whippletree);
            assertThat(redisOf(whippletree).hits()).isZero();
            assertThat(redisOf(whippletree).faults()).isPositive();
            redis.start();
            awaitHits(bench, redis, whippletree);
        }
    }

    @ParameterizedTest
    @CsvSource({"KILLED, false", "KILLED, true", "FROZEN, false", "FROZEN, true", "RESTARTED, false"})
    void awayUnderLoad_everyPromptIsAnswered_andHitsComeOnceItIsBack(Trouble trouble, boolean behindEhcache)
            throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                LoadBench bench = LoadBench.start(LOAD);
                Whippletree whippletree = open(bench, redis, behindEhcache)) {
            CompletableFuture<InterviewResults> interviews =
                    bench.conduct(whippletree::complete, () -> trouble.happen(redis));
            assertAllAnswered(LoadBench.resultsOf(interviews), whippletree);
            assertThat(trouble == Trouble.RESTARTED || redisOf(whippletree).faults() > 0)
                    .isTrue();
            trouble.end(redis);
            awaitHits(bench, redis, whippletree);
        }
    }

    private static Whippletree open(LoadBench bench, RedisProcess redis, boolean behindEhcache) {
        Whippletree.Builder builder = bench.configured();
        if (behindEhcache) {
            builder.cache("ehcache");
        }
        return builder.cache("redis", redis.settings()).build();
    }

    private static void assertAllAnswered(InterviewResults results, Whippletree whippletree) {
        assertThat(results.errors()).isEmpty();
        assertThat(results.wrong()).isZero();
        assertThat(results.answered()).isEqualTo(LOAD.interviews().prompts());
        assertThat(whippletree.status().prompts().failed()).isZero();
    }

    /** Others store answers of which this Whippletree knows nothing, until it finds one of them in Redis. */
    private static void awaitHits(LoadBench bench, RedisProcess redis, Whippletree whippletree) {
        long before = redisOf(whippletree).hits();
        try (Whippletree other = open(bench, redis, false)) {
            await().atMost(LONGEST_RECOVERY).untilAsserted(() -> {
                Prompt prompt = Prompt.of("What comes after " + NUMBERS.incrementAndGet() + "?");
                String stored = other.complete(prompt).join().text();
                assertThat(whippletree.complete(prompt).join().text()).isEqualTo(stored);
                assertThat(redisOf(whippletree).hits()).isGreaterThan(before);
            });
        }
    }

    private static StatusSnapshot.CacheTier redisOf(Whippletree whippletree) {
        return whippletree.status().caches().stream()
                .filter(tier -> tier.name().equals("redis"))
                .findFirst()
                .orElseThrow();
    }
}
