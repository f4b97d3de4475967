package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.whippletree.engine.cache.Confirmations;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class EngineConfirmationTest {

    private static final Prompt QUESTION =
            Prompt.builder().user("who are you").question("who are you").build();
    private static final Completion STORED = new Completion(
            "stored",
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.empty(),
            new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));

    private final EngineFixture fixture = new EngineFixture();
    private final Asking near = new Asking(fixture.timeline);
    private final Asking far = new Asking(fixture.timeline);

    EngineConfirmationTest() {
        fixture.account("a", "1000 / 1s");
        fixture.cache("near", near).cache("far", far);
    }

    /** A cache that finds what a test says, and wants to know all. */
    private static final class Asking extends ScriptedCache {

        private final List<String> heard = new ArrayList<>();
        private final List<CacheKey> lookedUp = new ArrayList<>();
        private final List<CacheKey> delivered = new ArrayList<>();
        private CompletionStage<Optional<CacheHit>> found = CompletableFuture.completedFuture(Optional.empty());
        private Optional<CacheEntry> wanted = Optional.empty();
        private List<String> remarks = List.of();
        private boolean broken;

        Asking(Timeline timeline) {
            super(timeline);
        }

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            lookedUp.add(key);
            return found;
        }

        @Override
        public void delivered(CacheKey key) {
            delivered.add(key);
        }

        @Override
        public void confirm(CacheKey key, boolean right) {
            check();
            heard.add(key + " " + right);
        }

        @Override
        public Optional<CacheEntry> unconfirmed(CacheKey key) {
            check();
            return wanted;
        }

        @Override
        public List<String> remarks() {
            check();
            return remarks;
        }

        private void check() {
            if (broken) {
                throw new IllegalStateException("broken");
            }
        }
    }

    private CacheEntry entry(Duration ttl) {
        return new CacheEntry(STORED, fixture.timeline.now().plus(ttl));
    }

    private Confirmations confirmations() {
        return fixture.engine().confirmations();
    }

    @Test
    void confirmation_reachesEachTierUnderTheKeyThatWasLookedUp() {
        fixture.ask(QUESTION);
        fixture.run();
        confirmations().confirm(QUESTION, true);
        confirmations().confirm(QUESTION, false);
        CacheKey key = near.lookedUp.get(0);
        assertThat(near.heard).containsExactly(key + " true", key + " false");
        assertThat(far.heard).isEqualTo(near.heard);
    }

    @Test
    void keyForLater_holdsNoText_andConfirmsTheSame() {
        CacheKey key = confirmations().key(QUESTION).orElseThrow();
        assertThat(key.question()).isEmpty();
        confirmations().confirm(key, true);
        confirmations().confirm(QUESTION, true);
        assertThat(near.heard).containsExactly(key + " true", key + " true");
        assertThat(confirmations().key(Prompt.of("who are you"))).isEmpty();
    }

    @Test
    void promptWithoutAQuestion_orForARouteThatIsNotThere_isLeftAside() {
        near.wanted = Optional.of(entry(Duration.ofHours(1)));
        Prompt lost = Prompt.builder().user("q").question("q").route("none").build();
        for (Prompt prompt : List.of(Prompt.of("who are you"), lost)) {
            assertThatCode(() -> confirmations().confirm(prompt, true)).doesNotThrowAnyException();
            assertThat(near.heard).isEmpty();
            assertThat(confirmations().unconfirmed(prompt)).isEmpty();
        }
    }

    @Test
    void deliveredHit_isToldToTheTierThatHadIt() {
        far.found = CompletableFuture.completedFuture(Optional.of(new CacheHit(entry(Duration.ofHours(1)), false)));
        fixture.ask(QUESTION);
        fixture.run();
        assertThat(far.delivered).isEqualTo(far.lookedUp).hasSize(1);
        assertThat(near.delivered).isEmpty();
    }

    @Test
    void hitThatComesTooLate_orThatNobodyWaitsFor_isNotDelivered() {
        CompletableFuture<Optional<CacheHit>> found = new CompletableFuture<>();
        far.found = found;
        CompletableFuture<Completion> left = fixture.ask(QUESTION);
        fixture.advance(Duration.ofMillis(1));
        left.cancel(false);
        found.complete(Optional.of(new CacheHit(entry(Duration.ofHours(1)), false)));
        fixture.run();
        CompletableFuture<Optional<CacheHit>> late = new CompletableFuture<>();
        far.found = late;
        CompletableFuture<Completion> answer = fixture.ask(QUESTION);
        fixture.advance(Duration.ofMinutes(1));
        late.complete(Optional.of(new CacheHit(entry(Duration.ofHours(1)), false)));
        fixture.run();
        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CALL);
        assertThat(far.lookedUp).hasSize(2);
        assertThat(far.delivered).isEmpty();
    }

    @Test
    void unconfirmed_isWhatTheNearestTierWithAWishHas() {
        assertThat(confirmations().unconfirmed(QUESTION)).isEmpty();
        far.wanted = Optional.of(entry(Duration.ofHours(1)));
        assertThat(confirmations().unconfirmed(QUESTION)).contains(STORED);
    }

    @Test
    void unconfirmed_isNothingThatHasExpired() {
        near.wanted = Optional.of(entry(Duration.ZERO));
        assertThat(confirmations().unconfirmed(QUESTION)).isEmpty();
    }

    @Test
    void storeThatThrows_isAFault_andTheOthersGoOn() {
        near.broken = true;
        far.wanted = Optional.of(entry(Duration.ofHours(1)));
        confirmations().confirm(QUESTION, true);
        assertThat(far.heard).hasSize(1);
        assertThat(confirmations().unconfirmed(QUESTION)).contains(STORED);
        assertThat(fixture.status().caches().get(0).faults()).isEqualTo(3);
        assertThat(fixture.status().caches().get(1).faults()).isZero();
    }

    @Test
    void remarks_areShownTierByTier_andABrokenTiersAreNone() {
        near.remarks = List.of("One.", "Two.");
        far.remarks = List.of("Three.");
        assertThat(fixture.status().caches())
                .extracting(tier -> tier.remarks())
                .containsExactly(List.of("One.", "Two."), List.of("Three."));
        near.broken = true;
        assertThat(fixture.status().caches())
                .extracting(tier -> tier.remarks())
                .containsExactly(List.of(), List.of("Three."));
    }
}
