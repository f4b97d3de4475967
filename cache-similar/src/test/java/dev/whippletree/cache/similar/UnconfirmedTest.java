package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers are asked to confirm, where they say themselves whether answers agree. */
final class UnconfirmedTest {

    private static final CacheKey FIRST = key("How old are you?");
    private static final CacheKey SECOND = key("How old are you");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final SimilarStore store = store(Optional.empty());
    private final CacheEntry stored = entry("forty");

    /** To it all questions are the same. */
    private static final class Alike implements Embedding {

        @Override
        public Optional<float[]> embed(String text) {
            return Optional.of(new float[] {1, 0});
        }

        @Override
        public void close() {}
    }

    private SimilarStore store(Optional<Verifier> verifier) {
        SimilarSettings settings = new SimilarSettings(
                "cache similar",
                SimilarSettings.Mode.SHADOW,
                0.01,
                ApprovedWordings.NONE,
                "",
                "caller",
                100,
                10,
                1 << 20);
        return new SimilarStore(
                settings, new ApprovedStore(settings, services.clock()), new Alike(), verifier, services);
    }

    private static CacheKey key(String question) {
        return new CacheKey(
                Samples.key("t", question).digest(), "t", Optional.of(new CacheKey.Question(question, "scope")));
    }

    private CacheEntry entry(String text) {
        return new CacheEntry(
                Samples.completion(text), services.clock().instant().plus(Duration.ofHours(1)));
    }

    private void ask(SimilarStore where, CacheKey key) {
        CompletableFuture<Optional<CacheHit>> found = where.get(key).toCompletableFuture();
        timeline.runAll();
        assertThat(found.join()).isEmpty();
    }

    private static void put(SimilarStore where, CacheKey key, CacheEntry entry) {
        where.put(key, entry).toCompletableFuture().join();
    }

    @BeforeEach
    void askTheFirst() {
        ask(store, FIRST);
        put(store, FIRST, stored);
        assertThat(store.unconfirmed(FIRST)).as("nothing was stored before it").isEmpty();
    }

    @Test
    void nearestAnswer_isWanted_beforeTheFreshOneIsStoredAndAfterwards() {
        ask(store, SECOND);
        assertThat(store.unconfirmed(SECOND)).contains(stored);
        put(store, SECOND, entry("40"));
        assertThat(store.unconfirmed(SECOND)).contains(stored);
        store.confirm(SECOND, true);
        assertThat(store.unconfirmed(SECOND)).isEmpty();
    }

    @Test
    void callerWhoIsEarlierThanTheCache_isHeard() {
        ask(store, SECOND);
        store.confirm(SECOND, true);
        assertThat(store.unconfirmed(SECOND)).isEmpty();
        put(store, SECOND, entry("40"));
        assertThat(store.unconfirmed(SECOND)).as("it has been confirmed").isEmpty();
    }

    @Test
    void earlyWord_isOfThatAskingAlone() {
        ask(store, SECOND);
        store.confirm(SECOND, true);
        ask(store, SECOND);
        assertThat(store.unconfirmed(SECOND)).contains(stored);
        put(store, SECOND, entry("40"));
        assertThat(store.unconfirmed(SECOND)).contains(stored);
    }

    @Test
    void whereAVerifierSaysIt_nobodyIsAsked() {
        SimilarStore verified = store(Optional.of(new EqualVerifier()));
        ask(verified, FIRST);
        put(verified, FIRST, stored);
        timeline.runAll();
        ask(verified, SECOND);
        assertThat(verified.unconfirmed(SECOND)).isEmpty();
    }
}
