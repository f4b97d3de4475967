package dev.whippletree.engine.cache;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.run.PluginCall;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All cache tiers as one cache: looks an answer up from the nearest to the farthest tier; an exact hit fills the nearer
 * tiers. Thread-safe; never blocks.
 *
 * <p>A cache that fails, throws or is silent for too long counts as a miss, and the fault is counted.
 */
public final class CacheTiers {

    private static final Logger LOG = LoggerFactory.getLogger(CacheTiers.class);

    /** A store of millions of answers is swept step by step. */
    private static final long CLEARING_NANOS = Duration.ofMinutes(10).toNanos();

    private final List<CountedCache> tiers;
    private final Timeline timeline;
    private final PluginCall calls;
    private final PluginCall clearing;

    /** One future for each answer being stored; completes once every cache has it or has failed. */
    private final Set<CompletableFuture<Void>> storing = ConcurrentHashMap.newKeySet();

    /** How often answers were removed: what was found before fills no nearer cache after. */
    private final AtomicLong removals = new AtomicLong();

    /** A look-up's result, with the name and index of its tier, counted from the nearest. */
    public record Found(CacheEntry entry, String tier, int index) {}

    private static final class CountedCache {

        private final String name;
        private final boolean shared;
        private final CacheStore store;
        private final AtomicLong hits = new AtomicLong();
        private final AtomicLong misses = new AtomicLong();
        private final AtomicLong faults = new AtomicLong();
        private final PluginFaults log;

        CountedCache(Topology.OpenCache open, Timeline timeline) {
            this.name = open.name();
            this.shared = open.shared();
            this.store = open.store();
            this.log = new PluginFaults(timeline);
        }

        void fault(Throwable cause) {
            faults.incrementAndGet();
            log.log(LOG, name, cause, "Cache " + name + " failed, and is passed over: " + PluginFaults.words(cause));
        }

        /**
         * Asks the store something that it answers at once; if it throws, the fault is counted and the substitute
         * returned.
         */
        <T> T quick(Supplier<T> question, T substitute) {
            try {
                return Objects.requireNonNull(question.get(), "a cache gave nothing");
            } catch (Throwable e) {
                fault(e);
                return substitute;
            }
        }
    }

    public CacheTiers(List<Topology.OpenCache> caches, Timeline timeline, Duration timeout) {
        this.tiers =
                caches.stream().map(cache -> new CountedCache(cache, timeline)).toList();
        this.timeline = timeline;
        this.calls = new PluginCall(timeline, Waits.nanos(timeout));
        this.clearing = new PluginCall(timeline, Math.max(Waits.nanos(timeout), CLEARING_NANOS));
    }

    public boolean isEmpty() {
        return tiers.isEmpty();
    }

    /** Returns whether any of them is shared with other processes. */
    public boolean isShared() {
        return tiers.stream().anyMatch(tier -> tier.shared);
    }

    /** Looks an answer up. The outcome is called exactly once. */
    public void find(CacheKey key, Consumer<Optional<Found>> outcome) {
        find(key, () -> {}, outcome);
    }

    /**
     * Looks an answer up.
     *
     * @param unanswered runs before the outcome if a cache that other processes share gives no answer
     * @param outcome is called exactly once
     */
    public void find(CacheKey key, Runnable unanswered, Consumer<Optional<Found>> outcome) {
        find(key, 0, false, unanswered, outcome);
    }

    /** Looks again for an answer that another process may have stored since; doesn't count another miss. */
    public void findOfOthers(CacheKey key, Consumer<Optional<Found>> outcome) {
        find(key, 0, true, () -> {}, outcome);
    }

    private void find(CacheKey key, int index, boolean again, Runnable unanswered, Consumer<Optional<Found>> outcome) {
        if (index == tiers.size()) {
            outcome.accept(Optional.empty());
            return;
        }
        CountedCache tier = tiers.get(index);
        if (again && !tier.shared) {
            find(key, index + 1, true, unanswered, outcome);
            return;
        }
        long before = removals.get();
        Consumer<Throwable> fault = failure -> {
            tier.fault(failure);
            if (tier.shared) {
                unanswered.run();
            }
        };
        calls.ask(() -> tier.store.get(key), Optional.<CacheHit>empty(), fault, found -> {
            if (found.isPresent()
                    && found.get().entry().expires().isAfter(timeline.now())
                    && AnswerCheck.isReusable(found.get().entry().completion())) {
                tier.hits.incrementAndGet();
                fillNearer(key, found.get(), index, before);
                outcome.accept(Optional.of(new Found(found.get().entry(), tier.name, index)));
            } else {
                tier.misses.addAndGet(again ? 0 : 1);
                find(key, index + 1, again, unanswered, outcome);
            }
        });
    }

    private void fillNearer(CacheKey key, CacheHit hit, int index, long before) {
        if (!hit.exact()) {
            return;
        }
        for (CountedCache nearer : tiers.subList(0, index)) {
            Runnable over = storing();
            if (removals.get() == before) {
                put(nearer, key, hit.entry(), over);
            } else {
                over.run();
            }
        }
    }

    /**
     * Prepares to store an answer everywhere, unless it turns out to be damaged. There must be a cache. Clearing the
     * caches from now on waits for it. Quick.
     *
     * @param check tells whether it is undamaged; may take its time
     * @param stored runs once the nearest cache has it or has failed, or it turns out to be damaged
     * @param storedEverywhere runs once that is true of all caches
     * @return stores it; has to be run once in any case
     */
    public Runnable toStore(
            CacheKey key, CacheEntry entry, BooleanSupplier check, Runnable stored, Runnable storedEverywhere) {
        Runnable over = storing();
        AtomicInteger missing = new AtomicInteger(tiers.size());
        Runnable oneMore = () -> {
            if (missing.decrementAndGet() == 0) {
                over.run();
                storedEverywhere.run();
            }
        };
        return () -> {
            if (!check.getAsBoolean()) {
                stored.run();
                tiers.forEach(tier -> oneMore.run());
                return;
            }
            for (int index = tiers.size() - 1; index > 0; index--) {
                put(tiers.get(index), key, entry, oneMore);
            }
            put(tiers.get(0), key, entry, () -> {
                stored.run();
                oneMore.run();
            });
        };
    }

    /** Makes clearing wait until the returned task has run. */
    @SuppressWarnings("CollectionUndefinedEquality")
    public Runnable storing() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        storing.add(over);
        return () -> {
            storing.remove(over);
            over.complete(null);
        };
    }

    private void put(CountedCache tier, CacheKey key, CacheEntry entry, Runnable stored) {
        calls.ask(() -> tier.store.put(key, entry).thenApply(done -> true), false, tier::fault, done -> stored.run());
    }

    /**
     * Removes what is stored everywhere, and what is being stored; completes with the number of answers removed from
     * the cache that had most, -1 if none can tell; fails if a cache fails, or is silent for ten minutes.
     */
    public CompletableFuture<Long> clear(Optional<String> tenant) {
        removals.incrementAndGet();
        return CompletableFuture.allOf(storing.toArray(CompletableFuture<?>[]::new))
                .thenCompose(stored -> clearAll(tenant));
    }

    private CompletableFuture<Long> clearAll(Optional<String> tenant) {
        CompletableFuture<Long> most = CompletableFuture.completedFuture(-1L);
        for (CountedCache tier : tiers) {
            most = most.thenCombine(orFail(clearing, tier, () -> tier.store.clear(tenant), -1L), Math::max);
        }
        return most;
    }

    /** Removes a key's answer everywhere, also one that is being stored; fails if a cache fails or is silent. */
    public CompletableFuture<Void> remove(CacheKey key) {
        removals.incrementAndGet();
        return CompletableFuture.allOf(storing.toArray(CompletableFuture<?>[]::new))
                .thenCompose(stored -> CompletableFuture.allOf(
                        tiers.stream().map(tier -> remove(tier, key)).toArray(CompletableFuture<?>[]::new)));
    }

    private CompletableFuture<Boolean> remove(CountedCache tier, CacheKey key) {
        return orFail(calls, tier, () -> tier.store.remove(key).thenApply(done -> true), false);
    }

    private static <T> CompletableFuture<T> orFail(
            PluginCall call, CountedCache tier, Supplier<CompletionStage<T>> question, T substitute) {
        CompletableFuture<T> done = new CompletableFuture<>();
        call.ask(
                question,
                substitute,
                failure -> {
                    tier.fault(failure);
                    done.completeExceptionally(failure);
                },
                done::complete);
        return done;
    }

    /** Tells the cache that its answer was delivered. Don't call it under a lock. */
    public void delivered(CacheKey key, Found found) {
        tell(tiers.get(found.index()), store -> store.delivered(key));
    }

    void confirm(CacheKey key, boolean right) {
        tiers.forEach(tier -> tell(tier, store -> store.confirm(key, right)));
    }

    private static void tell(CountedCache tier, Consumer<CacheStore> what) {
        boolean unused = tier.quick(
                () -> {
                    what.accept(tier.store);
                    return true;
                },
                false);
    }

    /** Returns the stored answer that a cache wants confirmed, the nearest such cache's. */
    Optional<Completion> unconfirmed(CacheKey key) {
        return tiers.stream()
                .flatMap(tier -> tier.quick(() -> tier.store.unconfirmed(key), Optional.<CacheEntry>empty()).stream())
                .filter(entry -> entry.expires().isAfter(timeline.now()))
                .map(CacheEntry::completion)
                .findFirst();
    }

    /** Returns each cache's remarks, nearest first. It asks the caches, so don't call it under a lock. */
    public List<List<String>> remarks() {
        return tiers.stream()
                .map(tier -> tier.quick(() -> List.copyOf(tier.store.remarks()), List.<String>of()))
                .toList();
    }

    /**
     * Returns the caches' figures, nearest first.
     *
     * @param remarks the result of {@link #remarks}
     */
    public List<StatusSnapshot.CacheTier> status(List<List<String>> remarks) {
        List<StatusSnapshot.CacheTier> status = new ArrayList<>(tiers.size());
        for (int i = 0; i < tiers.size(); i++) {
            CountedCache tier = tiers.get(i);
            status.add(new StatusSnapshot.CacheTier(
                    tier.name, tier.hits.get(), tier.misses.get(), tier.faults.get(), remarks.get(i)));
        }
        return status;
    }
}
