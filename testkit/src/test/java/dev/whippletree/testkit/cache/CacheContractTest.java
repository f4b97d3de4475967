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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The contract finds what it is there to find: each way of breaking it fails the tests that name it. */
class CacheContractTest {

    @Test
    void cacheThatForgets_isFound() {
        assertThat(Contracts.failuresOf(Forgetting.class)).contains("storedAnswer_isAnExactHit");
    }

    @Test
    void cacheThatMixesTenants_isFound() {
        assertThat(Contracts.failuresOf(MixingTenants.class)).contains("tenants_areKeptApartWhateverTheDigest");
    }

    @Test
    void cacheThatNeverLetsGo_isFound() {
        assertThat(Contracts.failuresOf(NeverExpiring.class))
                .contains("expiredAnswer_isAMiss", "answerThatHasExpiredAlready_isAcceptedAndNeverFound");
    }

    @Test
    void cacheThatShortens_isFound() {
        assertThat(Contracts.failuresOf(Shortening.class))
                .contains("largeAnswer_isKept", "toolCallsReasoningUsageAndOrigin_areKept");
    }

    @Test
    void cacheThatThrows_isFound() {
        assertThat(Contracts.failuresOf(ThrowingWhenClosed.class))
                .contains("closedCache_failsTheStageAndThrowsNothing");
    }

    @Test
    void cacheThatClearsEverybody_isFound() {
        assertThat(Contracts.failuresOf(ClearingEverybody.class))
                .containsExactlyInAnyOrder(
                        "clearedTenant_isEmptyAndTheOthersAreNot", "clearedEmptyTenant_isNotEverybody");
    }

    static final class Forgetting extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                    return CompletableFuture.completedFuture(Optional.empty());
                }
            };
        }
    }

    static final class MixingTenants extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                    return super.get(new CacheKey(key.digest(), "", Optional.empty()));
                }

                @Override
                public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
                    return super.put(new CacheKey(key.digest(), "", Optional.empty()), entry);
                }
            };
        }
    }

    static final class NeverExpiring extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
                    return super.put(key, new CacheEntry(entry.completion(), Instant.MAX));
                }
            };
        }
    }

    static final class Shortening extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
                    return super.put(key, new CacheEntry(shortened(entry.completion()), entry.expires()));
                }
            };
        }

        private static Completion shortened(Completion whole) {
            String text = whole.text().substring(0, Math.min(1_000, whole.text().length()));
            return new Completion(
                    text, Optional.empty(), whole.toolCalls(), whole.finishReason(), whole.usage(), whole.origin());
        }
    }

    static final class ThrowingWhenClosed extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                private volatile boolean closed;

                @Override
                public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                    if (closed) {
                        throw new IllegalStateException("closed");
                    }
                    return super.get(key);
                }

                @Override
                public void close() {
                    closed = true;
                    super.close();
                }
            };
        }
    }

    static final class RemovingNothing extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Void> remove(CacheKey key) {
                    return CompletableFuture.completedFuture(null);
                }
            };
        }
    }

    static final class ClearingEverybody extends Broken {
        @Override
        CacheStore breaking(CacheStore store) {
            return new Wrapped(store) {
                @Override
                public CompletionStage<Long> clear(Optional<String> tenant) {
                    return super.clear(Optional.empty());
                }
            };
        }
    }

    /** The contract over a cache whose stores are made to break it. */
    abstract static class Broken extends CacheContract {

        abstract CacheStore breaking(CacheStore store);

        @Override
        protected Cache cache() {
            return new MapCache(this::breaking);
        }
    }

    /** A store that hands everything on. */
    private static class Wrapped implements CacheStore {

        private final CacheStore store;

        Wrapped(CacheStore store) {
            this.store = store;
        }

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return store.get(key);
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return store.put(key, entry);
        }

        @Override
        public CompletionStage<Void> remove(CacheKey key) {
            return store.remove(key);
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return store.clear(tenant);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
