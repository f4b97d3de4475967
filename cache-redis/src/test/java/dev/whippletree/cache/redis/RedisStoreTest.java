package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheEnvelope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies in a real Redis, seen by another client. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisStoreTest {

    private static final CacheKey KEY = Samples.key("alice", "q");
    private static final byte[] PLACE = new RedisKeys("whippletree").answer(KEY);

    private RedisProcess redis;
    private RedisClient client;
    private RedisCommands<byte[], byte[]> other;
    private FakeServices services;
    private CacheStore store;

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.started();
        client = RedisClient.create(redis.uri());
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        other = connection.sync();
    }

    @AfterAll
    void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void open() {
        other.flushall();
        services = FakeServices.real();
        store = open("whippletree");
    }

    @AfterEach
    void close() {
        store.close();
        services.close();
    }

    @Test
    void answer_liesUnderItsKeyUntilItExpires() {
        put(store, Duration.ofHours(1));

        assertThat(CacheEnvelope.read(other.get(PLACE), services.clock().instant()))
                .isPresent();
        assertThat(other.pttl(PLACE)).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void largeAnswer_isStoredPackedAndFound() {
        String text = "Why do you want to work here? ".repeat(1_000);
        CacheEntry entry = new CacheEntry(
                Samples.completion(text), services.clock().instant().plus(Duration.ofHours(1)));
        store.put(KEY, entry).toCompletableFuture().join();

        assertThat(other.strlen(PLACE)).isLessThan(text.length() / 10);
        assertThat(store.get(KEY).toCompletableFuture().join())
                .hasValueSatisfying(hit -> assertThat(hit.entry()).isEqualTo(entry));
    }

    @ParameterizedTest
    @CsvSource({"3650, true", "3652, false"})
    void answerThatExpiresInMoreThanTenYears_isAMiss(int days, boolean found) {
        CacheEntry entry = new CacheEntry(
                Samples.completion("answer"), services.clock().instant().plus(Duration.ofDays(days)));
        other.set(PLACE, CacheEnvelope.write(entry));

        assertThat(isStored(store)).isEqualTo(found);
    }

    @Test
    void garbage_isAMiss_andTold() {
        put(store, Duration.ofHours(1));
        byte[] envelope = other.get(PLACE);
        envelope[envelope.length / 2]++;
        for (byte[] garbage : new byte[][] {{}, {0}, "{\"text\":\"hello\"}".getBytes(UTF_8), envelope}) {
            other.set(PLACE, garbage);
            assertThat(isStored(store)).isFalse();
        }
        assertThat(store.remarks()).singleElement().asString().contains("4 values", new String(PLACE, UTF_8));
    }

    @Test
    void valueOfAnotherType_isAFault() {
        other.lpush(PLACE, "x".getBytes(UTF_8));

        assertThat(store.get(KEY).toCompletableFuture())
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .withMessageContaining("WRONGTYPE");
    }

    @Test
    void envelopeThatHasExpired_isAMissThoughTheKeyIsThere() {
        put(store, Duration.ofHours(1));
        other.persist(PLACE);
        services.putClockForward(Duration.ofHours(1));

        assertThat(isStored(store)).isFalse();
        assertThat(other.exists(PLACE)).isOne();
    }

    @Test
    void clearing_touchesNobodyElsesKeys() {
        put(store, Duration.ofHours(1));
        byte[] foreign = "whippletree:v2:something".getBytes(UTF_8);
        other.set(foreign, new byte[1]);
        try (CacheStore neighbour = open("whippletree:v1")) {
            put(neighbour, Duration.ofHours(1));

            assertThat(store.clear(Optional.empty()).toCompletableFuture().join())
                    .isOne();

            assertThat(isStored(store)).isFalse();
            assertThat(isStored(neighbour)).isTrue();
            assertThat(other.exists(foreign)).isOne();
        }
    }

    @Test
    void anotherProcess_findsWhatThisOneStored_alsoOnceItIsClosed() {
        put(store, Duration.ofHours(1));
        try (CacheStore second = open("whippletree")) {
            assertThat(isStored(second)).isTrue();
            store.close();
            assertThat(isStored(second)).isTrue();
        }
    }

    private CacheStore open(String prefix) {
        Map<String, String> values = Map.of("uri", redis.uri(), "key-prefix", prefix);
        return new PatientRedisCache().open(new Settings("cache redis", values), services);
    }

    private void put(CacheStore where, Duration ttl) {
        CacheEntry entry = new CacheEntry(
                Samples.completion("answer"), services.clock().instant().plus(ttl));
        where.put(KEY, entry).toCompletableFuture().join();
    }

    private static boolean isStored(CacheStore where) {
        return where.get(KEY).toCompletableFuture().join().isPresent();
    }
}
