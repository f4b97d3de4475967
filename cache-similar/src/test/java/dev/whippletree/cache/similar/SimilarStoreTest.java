package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store in virtual time, over vectors that say by a question's first word what it means. */
class SimilarStoreTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private boolean closed;
    private SimilarStore store = open(Map.of("mode", "serve", "max-error", "10%"), Optional.of(new EqualVerifier()));

    /** Questions with the same first word lie together, others at right angles. */
    private final class FirstWords implements Embedding {

        private final Map<String, Integer> places = new HashMap<>();

        @Override
        public synchronized Optional<float[]> embed(String text) {
            if (text.length() > 100) {
                return Optional.empty();
            }
            float[] vector = new float[64];
            vector[places.computeIfAbsent(text.split(" ")[0], word -> places.size())] = 1;
            return Optional.of(vector);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private SimilarStore open(Map<String, String> values, Optional<Verifier> verifier) {
        SimilarSettings settings = SimilarSettings.from(
                new Settings("cache similar", values), ApprovedWordings.parse("approved one\napproved other\n"));
        FakeServices services = FakeServices.on(timeline);
        return new SimilarStore(
                settings, new ApprovedStore(settings, services.clock()), new FirstWords(), verifier, services);
    }

    private static CacheKey key(String tenant, String scope, String question) {
        String digest = String.format("%064x", (tenant + scope + question).hashCode() & 0xffffffffL);
        return new CacheKey(digest, tenant, Optional.of(new CacheKey.Question(question, scope)));
    }

    private static CacheKey key(String question) {
        return key("acme", "scope", question);
    }

    private CacheEntry entry(String answer) {
        return new CacheEntry(Replay.entry(answer).completion(), timeline.now().plus(Duration.ofHours(1)));
    }

    private Optional<CacheHit> get(CacheKey key) {
        CompletableFuture<Optional<CacheHit>> found = store.get(key).toCompletableFuture();
        timeline.advance(Duration.ofMillis(1));
        assertThat(found).isDone();
        return found.join();
    }

    /** Asks, and has the service answer what isn't stored; returns the answer that was served, if one was. */
    private Optional<String> ask(CacheKey key, String answer) {
        Optional<CacheHit> hit = get(key);
        if (hit.isEmpty()) {
            store.put(key, entry(answer));
            timeline.advance(Duration.ofMillis(1));
        }
        return hit.map(found -> found.entry().completion().text());
    }

    private void warmUp() {
        for (int i = 0; i < 500; i++) {
            ask(key((i % 2 == 0 ? "red " : "blue ") + word(i)), i % 2 == 0 ? "warm" : "cold");
        }
    }

    /** Another word each time; numbers would be objected to. */
    private static String word(int i) {
        return Integer.toString(i + 100, 36).replaceAll("[0-9]", "x")
                + Character.toString('a' + i % 26)
                + "y".repeat(i % 7);
    }

    private int hitsOf(int asked, String scope, String tenant) {
        int hits = 0;
        for (int i = 0; i < asked; i++) {
            hits += ask(key(tenant, scope, "red again " + word(i) + "z".repeat(i % 5 + 1)), "warm")
                            .isPresent()
                    ? 1
                    : 0;
        }
        return hits;
    }

    @Test
    void afterWarmUp_similarQuestionIsServed_andIsNoExactHit() {
        warmUp();
        int served = 0;
        for (int i = 0; i < 50; i++) {
            Optional<CacheHit> hit = get(key("red at last " + word(i)));
            assertThat(hit.map(found -> found.exact())).isNotEqualTo(Optional.of(true));
            assertThat(hit.map(found -> found.entry().completion().text())).isIn(Optional.of("warm"), Optional.empty());
            served += hit.isPresent() ? 1 : 0;
        }
        assertThat(served).isBetween(25, 50);
    }

    @Test
    void warmUp_goesToTheService() {
        for (int i = 0; i < AuditedThreshold.WARM_UP - 1; i++) {
            assertThat(ask(key("red " + word(i)), "warm")).isEmpty();
        }
    }

    @Test
    void otherScope_andOtherTenant_shareNothing() {
        warmUp();
        assertThat(hitsOf(50, "scope", "acme")).isPositive();
        assertThat(hitsOf(50, "other scope", "acme")).isZero();
        assertThat(hitsOf(50, "scope", "other tenant")).isZero();
    }

    @Test
    void expiredAnswers_arentServed() {
        warmUp();
        timeline.advance(Duration.ofHours(2));
        assertThat(hitsOf(1, "scope", "acme")).isZero();
    }

    @Test
    void promptWithoutQuestion_andQuestionTooLong_areMisses() {
        warmUp();
        assertThat(get(new CacheKey("0".repeat(64), "acme", Optional.empty()))).isEmpty();
        assertThat(get(key("red " + "x".repeat(100)))).isEmpty();
    }

    @Test
    void approvedWordings_areExactHits_fromTheSecondRequestOn() {
        assertThat(ask(key("approved one"), "yes")).isEmpty();
        Optional<CacheHit> hit = get(key("Approved  other"));
        assertThat(hit).hasValueSatisfying(found -> assertThat(found.exact()).isTrue());
    }

    @Test
    void tooMuchAtOnce_isPassedOnUnseen() {
        warmUp();
        int missedAtOnce = 0;
        for (int i = 0; i < 1_000; i++) {
            missedAtOnce +=
                    store.get(key("red " + word(i))).toCompletableFuture().isDone() ? 1 : 0;
        }
        assertThat(missedAtOnce).isBetween(700, 750);
        assertThat(store.remarks()).anyMatch(remark -> remark.endsWith("unseen, under too much load"));
        timeline.advance(Duration.ofMillis(1));
        assertThat(hitsOf(20, "scope", "acme")).isPositive();
    }

    @Test
    void shadow_servesNothing_andTellsWhatItWouldHaveDone() {
        store.close();
        store = open(Map.of("mode", "shadow", "max-error", "10%"), Optional.of(new EqualVerifier()));
        warmUp();
        assertThat(hitsOf(300, "scope", "acme")).isZero();
        assertThat(store.remarks()).singleElement().asString().contains("would have been served", "0.0 % of requests");
    }

    @Test
    void callerSaysServedAnswerIsWrong_thatQuestionIsNotServedAgain() {
        warmUp();
        for (int i = 0; i < 500; i++) {
            CacheKey key = key("red wrong " + word(i));
            if (get(key).isPresent()) {
                store.confirm(key, false);
            }
        }
        assertThat(hitsOf(50, "scope", "acme")).isZero();
    }

    @Test
    void verifierThatIsTheCaller_confirmedAnswersAreServed_unconfirmedArent() {
        store.close();
        store = open(Map.of("mode", "serve", "max-error", "10%", "verifier", "caller"), Optional.empty());
        int hits = 0;
        for (int i = 0; i < 700; i++) {
            CacheKey key = key("red " + word(i) + "q".repeat(i % 3 + 1));
            hits += ask(key, "warm, said in words of its own " + i).isPresent() ? 1 : 0;
            store.unconfirmed(key).ifPresent(stored -> store.confirm(key, true));
        }
        assertThat(hits).isPositive();
        store.close();
        store = open(Map.of("mode", "serve", "max-error", "10%", "verifier", "caller"), Optional.empty());
        for (int i = 0; i < 700; i++) {
            assertThat(ask(key("red " + word(i) + "q".repeat(i % 3 + 1)), "warm " + i))
                    .isEmpty();
        }
    }

    @Test
    void clear_forgetsATenantsQuestions() {
        warmUp();
        assertThat(store.clear(Optional.of("nobody")).toCompletableFuture().join())
                .isZero();
        assertThat(store.clear(Optional.of("acme")).toCompletableFuture().join())
                .isPositive();
        assertThat(hitsOf(20, "scope", "acme")).isZero();
    }

    @Test
    void close_freesTheModelOnceNothingIsUnderWay() {
        CompletableFuture<Optional<CacheHit>> late = store.get(key("red one")).toCompletableFuture();
        store.close();
        assertThat(closed).isFalse();
        timeline.advance(Duration.ofMillis(1));
        assertThat(late).isDone();
        assertThat(closed).isTrue();
        store.close();
    }
}
