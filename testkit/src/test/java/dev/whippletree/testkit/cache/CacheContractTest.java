package dev.whippletree.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.testkit.Contracts;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract finds what it is there to find: each way of breaking it fails the tests that name it. */
class CacheContractTest {

    private static final ThreadLocal<Consumer<Changed>> FAULT = ThreadLocal.withInitial(() -> right -> {});

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "forgets",
                        it -> it.get = key -> CompletableFuture.completedFuture(Optional.empty()),
                        "storedAnswer_isAnExactHit"),
                fault(
                        "mixes tenants",
                        it -> {
                            it.get = key -> it.right.get(ofNoTenant(key));
                            it.put = (key, entry) -> it.right.put(ofNoTenant(key), entry);
                        },
                        "tenants_areKeptApartWhateverTheDigest"),
                fault(
                        "never lets go",
                        it -> it.put =
                                (key, entry) -> it.right.put(key, new CacheEntry(entry.completion(), Instant.MAX)),
                        "expiredAnswer_isAMiss",
                        "answerThatHasExpiredAlready_isAcceptedAndNeverFound"),
                fault(
                        "shortens",
                        it -> it.put = (key, entry) ->
                                it.right.put(key, new CacheEntry(shortened(entry.completion()), entry.expires())),
                        "largeAnswer_isKept",
                        "toolCallsReasoningUsageAndOrigin_areKept"),
                fault("throws", CacheContractTest::throwWhenClosed, "closedCache_failsTheStageAndThrowsNothing"),
                fault(
                        "removes nothing",
                        it -> it.remove = key -> CompletableFuture.completedFuture(null),
                        "removedAnswer_isAMissAndTheOthersAreKept"),
                fault(
                        "clears everybody's",
                        it -> it.clear = tenant -> it.right.clear(Optional.empty()),
                        "clearedTenant_isEmptyAndTheOthersAreNot",
                        "clearedEmptyTenant_isNotEverybody"));
    }

    private static Arguments fault(String name, Consumer<Changed> change, String... tests) {
        return Arguments.of(name, change, Set.of(tests));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void fault_isFound(String name, Consumer<Changed> change, Set<String> tests) {
        FAULT.set(change);
        try {
            assertThat(Contracts.failuresOf(Broken.class))
                    .as("what fails for a cache that %s", name)
                    .containsAll(tests);
        } finally {
            FAULT.remove();
        }
    }

    private static CacheKey ofNoTenant(CacheKey key) {
        return new CacheKey(key.digest(), "", Optional.empty());
    }

    private static Completion shortened(Completion whole) {
        String text = whole.text().substring(0, Math.min(1_000, whole.text().length()));
        return new Completion(
                text, Optional.empty(), whole.toolCalls(), whole.finishReason(), whole.usage(), whole.origin());
    }

    private static void throwWhenClosed(Changed it) {
        it.close = () -> {
            it.right.close();
            it.get = key -> {
                throw new IllegalStateException("closed");
            };
        };
    }

    /** The contract over a cache whose stores break it. */
    static final class Broken extends CacheContract {
        private final Consumer<Changed> fault = FAULT.get();

        @Override
        protected Cache cache() {
            return new MapCache(right -> {
                Changed changed = new Changed(right);
                fault.accept(changed);
                return changed;
            });
        }
    }

    /** A store that hands everything on to a right one, until one of its parts is replaced. */
    private static final class Changed implements CacheStore {
        private final CacheStore right;
        private Function<CacheKey, CompletionStage<Optional<CacheHit>>> get;
        private BiFunction<CacheKey, CacheEntry, CompletionStage<Void>> put;
        private Function<CacheKey, CompletionStage<Void>> remove;
        private Function<Optional<String>, CompletionStage<Long>> clear;
        private Runnable close;

        Changed(CacheStore right) {
            this.right = right;
            this.get = right::get;
            this.put = right::put;
            this.remove = right::remove;
            this.clear = right::clear;
            this.close = right::close;
        }

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return get.apply(key);
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return put.apply(key, entry);
        }

        @Override
        public CompletionStage<Void> remove(CacheKey key) {
            return remove.apply(key);
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return clear.apply(tenant);
        }

        @Override
        public void close() {
            close.run();
        }
    }
}
