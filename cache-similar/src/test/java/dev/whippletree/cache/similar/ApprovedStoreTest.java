package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.cache.CacheContract;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApprovedStoreTest extends CacheContract {

    private static final ApprovedWordings WORDINGS = ApprovedWordings.of(
            List.of(List.of("Who are you?", "Introduce yourself"), List.of("What next?", "And now?")));

    private final FakeServices virtual = FakeServices.on(new VirtualTimeline(0));
    private final CacheStore store = cache().open(Settings.none("cache similar"), virtual);

    @Override
    protected Cache cache() {
        return new SimilarCache(WORDINGS);
    }

    /** One approved question, in a scope of the prompt's own. */
    @Override
    protected CacheKey key(String tenant, String prompt) {
        return asked(tenant, prompt, "Who are you?");
    }

    private static CacheKey asked(String tenant, String scope, String question) {
        String digest = Samples.key(tenant, scope).digest();
        return new CacheKey(
                Samples.key(tenant, scope + question).digest(),
                tenant,
                Optional.of(new CacheKey.Question(question, digest)));
    }

    private void put(CacheKey key) {
        var unused = store.put(
                key,
                new CacheEntry(
                        Samples.completion("stored"), virtual.clock().instant().plus(Duration.ofHours(1))));
    }

    private Optional<CacheHit> get(CacheKey key) {
        return store.get(key).toCompletableFuture().join();
    }

    @Test
    void otherWording_findsTheAnswer_andFillsNearerTiers() {
        put(asked("t", "s", "Who are you?"));
        assertThat(get(asked("t", "s", " introduce  YOURSELF"))).hasValueSatisfying(hit -> {
            assertThat(hit.entry().completion().text()).isEqualTo("stored");
            assertThat(hit.exact()).isTrue();
        });
    }

    @Test
    void otherQuestionScopeOrTenant_findsNothing() {
        put(asked("t", "s", "Who are you?"));
        assertThat(get(asked("t", "s", "And now?"))).isEmpty();
        assertThat(get(asked("t", "other", "Introduce yourself"))).isEmpty();
        assertThat(get(asked("other", "s", "Introduce yourself"))).isEmpty();
    }

    @Test
    void answers_endWithTheProcess_andNothingIsStoredUnasked() {
        assertThat(new SimilarCache().endsWithProcess()).isTrue();
        assertThat(new SimilarCache().isSelfContained()).isFalse();
    }

    @Test
    void questionThatNobodyApproved_isNeverStored() {
        CacheKey unknown = asked("t", "s", "Are you there?");
        put(unknown);
        assertThat(get(unknown)).isEmpty();
        CacheKey undeclared = Samples.key("t", "Who are you?");
        put(undeclared);
        assertThat(get(undeclared)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10, 100, 0, 5", "12000, 81, 19, 24"})
    void whatWasUsedLeastRecently_goes_onceThereAreTooMany_orTheyTakeTooMuch(
            int length, int most, int gone, int goneThen) {
        CacheStore small =
                cache().open(new Settings("cache similar", Map.of("questions", "100", "memory", "1MB")), virtual);
        CacheEntry entry = new CacheEntry(
                Samples.completion("x".repeat(length)),
                virtual.clock().instant().plus(Duration.ofHours(1)));
        for (int scope = 0; scope < 100; scope++) {
            var unused = small.put(key("t", "s" + scope), entry);
            var again = small.put(key("t", "s" + scope), entry);
        }
        assertThat(isStored(small, gone)).isTrue();
        assertThat(gone == 0 || !isStored(small, gone - 1)).isTrue();
        for (int scope = 100; scope < 105; scope++) {
            var unused = small.put(key("t", "s" + scope), entry);
        }
        assertThat(isStored(small, gone)).as("it was used since").isTrue();
        assertThat(isStored(small, goneThen)).isFalse();
        assertThat(isStored(small, goneThen + 1)).isTrue();
        assertThat(small.clear(Optional.of("t")).toCompletableFuture().join()).isEqualTo(most);
    }

    private boolean isStored(CacheStore where, int scope) {
        return where.get(key("t", "s" + scope)).toCompletableFuture().join().isPresent();
    }
}
