package dev.whippletree.cache.similar;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers to questions whose wordings were approved, one for all wordings of a question in a scope. Thread-safe. */
final class ApprovedStore implements CacheStore {

    private final ApprovedWordings approved;
    private final InstantSource clock;
    private final MemoryBound<QuestionKey, CacheEntry> entries;
    private volatile boolean closed;

    /** Whose question it is, what it belongs to, and the first of its wordings. */
    private record QuestionKey(String tenant, String scope, String question) {}

    ApprovedStore(SimilarSettings settings, InstantSource clock) {
        this.approved = settings.approved();
        this.clock = clock;
        this.entries = new MemoryBound<>(settings.questions(), settings.memory(), Stored::bytes, more -> {});
    }

    /** Returns whether a question is a wording of one that was approved. */
    boolean knows(CacheKey key) {
        return placeOf(key).isPresent();
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        if (closed) {
            return itIsClosed();
        }
        return CompletableFuture.completedFuture(
                placeOf(key).flatMap(this::find).map(entry -> new CacheHit(entry, true)));
    }

    private synchronized Optional<CacheEntry> find(QuestionKey place) {
        Optional<CacheEntry> found = entries.get(place);
        if (found.isPresent() && !found.get().expires().isAfter(clock.instant())) {
            entries.remove(place);
            return Optional.empty();
        }
        return found;
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        if (closed) {
            return itIsClosed();
        }
        placeOf(key).ifPresent(place -> {
            synchronized (this) {
                entries.put(place, entry);
            }
        });
        return CompletableFuture.completedFuture(null);
    }

    private Optional<QuestionKey> placeOf(CacheKey key) {
        return key.question()
                .flatMap(question -> approved.questionOf(question.text())
                        .map(first -> new QuestionKey(key.tenant(), question.scope(), first)));
    }

    @Override
    public synchronized CompletionStage<Void> remove(CacheKey key) {
        if (closed) {
            return itIsClosed();
        }
        placeOf(key).ifPresent(entries::remove);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Long> clear(Optional<String> tenant) {
        if (closed) {
            return itIsClosed();
        }
        return CompletableFuture.completedFuture(
                entries.removeIf(place -> tenant.map(place.tenant()::equals).orElse(true)));
    }

    private static <T> CompletionStage<T> itIsClosed() {
        return CompletableFuture.failedFuture(new IllegalStateException("the cache is closed"));
    }

    @Override
    public synchronized void close() {
        closed = true;
        entries.removeIf(place -> true);
    }
}
