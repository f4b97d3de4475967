package dev.whippletree.cache.ehcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class EhcacheStoreTest {

    private static final Duration TTL = Duration.ofHours(1);

    private final FakeServices services = FakeServices.on(new VirtualTimeline(1));
    private final CacheStore store = open("4MB");

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void kind_isFound_andItsAnswersEndWithTheProcess() {
        assertThat(ServiceLoader.load(Cache.class).stream().map(ServiceLoader.Provider::type))
                .contains(EhcacheCache.class);
        assertThat(new EhcacheCache().endsWithProcess()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10KB, 'off-heap must be 1MB or more, not 10240 bytes'",
        "many, off-heap is a size",
        "1000000GB, this JVM has no room for"
    })
    void sizeThatCannotBeUsed_isRefused(String size, String message) {
        assertThatThrownBy(() -> open(size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache ehcache: " + message);
    }

    @Test
    void size_isSixtyFourMegabytesOrWhatIsSet_oneAtLeast() {
        assertThat(OffHeapSize.from(Settings.none("cache ehcache")))
                .isEqualTo(new OffHeapSize("cache ehcache", 64 << 20));
        assertThat(OffHeapSize.from(new Settings("cache ehcache", Map.of("off-heap", "1MB")))
                        .largestBytes())
                .isEqualTo(1 << 18);
        open("1MB").close();
    }

    @Test
    void getAndPut_areDoneWhenTheyReturn() {
        CacheKey key = Samples.key("t", "q");

        assertThat(put(key, "answer").toCompletableFuture()).isCompleted();
        assertThat(store.get(key).toCompletableFuture())
                .isCompletedWithValueMatching(
                        hit -> hit.isPresent() && hit.get().exact());
    }

    @Test
    void answerTooLarge_failsVisibly_replacesTheOldOne_andDrivesNothingOut() {
        CacheKey small = Samples.key("t", "small");
        CacheKey large = Samples.key("t", "large");
        put(small, "kept");
        assertThat(put(large, "x".repeat((1 << 20) - 1_000)).toCompletableFuture())
                .as("a quarter of the memory")
                .isCompleted();
        assertThat(isStored(large)).isTrue();

        assertThat(put(large, "x".repeat(1 << 20)).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("cache ehcache")
                .withMessageContaining("at most 1048576 bytes")
                .withMessageContaining("raise off-heap");
        assertThat(isStored(large)).isFalse();
        assertThat(isStored(small)).isTrue();
    }

    @Test
    void answerThatExpiresAtOnce_isNoFailure() {
        CacheKey key = Samples.key("t", "q");
        CacheEntry brief = new CacheEntry(
                Samples.completion("answer"), services.clock().instant().plus(Duration.ofNanos(1)));

        assertThat(store.put(key, brief).toCompletableFuture()).isCompleted();
    }

    @Test
    void fullCache_letsOldAnswersGoAndKeepsToItsBytes() {
        int answers = 8_000;
        for (int n = 0; n < answers; n++) {
            assertThat(put(Samples.key("t", "q" + n), "x".repeat(1_000)).toCompletableFuture())
                    .isCompleted();
        }

        long kept = 0;
        for (int n = 0; n < answers; n++) {
            kept += isStored(Samples.key("t", "q" + n)) ? 1 : 0;
        }
        assertThat(kept).as("answers of 1.1 KB kept in 4 MB").isBetween(1_000L, 4_000L);
    }

    @Test
    void expiry_goesByTheServicesClock() {
        CacheKey key = Samples.key("t", "q");
        put(key, "answer");

        services.putClockForward(TTL.minusNanos(1));
        assertThat(isStored(key)).isTrue();
        services.putClockForward(Duration.ofNanos(1));
        assertThat(isStored(key)).isFalse();
    }

    @Test
    void opening_usesNothingThatEhcacheCallsDeprecated() {
        Logger ehcache = (Logger) LoggerFactory.getLogger("org.ehcache");
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        Level before = ehcache.getLevel();
        ehcache.setLevel(Level.INFO);
        ehcache.addAppender(heard);
        try {
            open("4MB").close();
        } finally {
            ehcache.detachAppender(heard);
            ehcache.setLevel(before);
        }
        assertThat(heard.list)
                .isNotEmpty()
                .noneMatch(event -> event.getFormattedMessage().contains("deprecated"));
    }

    private CacheStore open(String offHeap) {
        Settings settings = new Settings("cache ehcache", Map.of("off-heap", offHeap));
        return new EhcacheCache().open(settings, services);
    }

    private CompletionStage<Void> put(CacheKey key, String text) {
        return store.put(
                key,
                new CacheEntry(
                        Samples.completion(text), services.clock().instant().plus(TTL)));
    }

    private boolean isStored(CacheKey key) {
        return store.get(key).toCompletableFuture().join().isPresent();
    }
}
