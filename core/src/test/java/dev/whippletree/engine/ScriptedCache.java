package dev.whippletree.engine;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A cache in a map that answers when a test wants it to, or does something wrong. */
public class ScriptedCache implements CacheStore {

    private final Timeline timeline;
    private final Map<CacheKey, CacheEntry> entries = new HashMap<>();
    private Duration latency = Duration.ZERO;
    private boolean exact = true;
    private Optional<Supplier<CompletionStage<?>>> fault = Optional.empty();
    private int gets;
    private int puts;

    public ScriptedCache(Timeline timeline) {
        this.timeline = timeline;
    }

    public ScriptedCache latency(Duration other) {
        latency = other;
        return this;
    }

    public ScriptedCache inexact() {
        exact = false;
        return this;
    }

    public ScriptedCache exact() {
        exact = true;
        return this;
    }

    /** From now on every question is answered so. */
    public ScriptedCache fault(Supplier<CompletionStage<?>> wrong) {
        fault = Optional.of(wrong);
        return this;
    }

    public Map<CacheKey, CacheEntry> entries() {
        return entries;
    }

    public int gets() {
        return gets;
    }

    int puts() {
        return puts;
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        gets++;
        return answer(() -> Optional.ofNullable(entries.get(key)).map(entry -> new CacheHit(entry, exact)));
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        puts++;
        return this.<Boolean>answer(() -> entries.put(key, entry) == null).thenAccept(first -> {});
    }

    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        return answer(() -> {
            entries.remove(key);
            return null;
        });
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        return answer(() -> {
            long before = entries.size();
            entries.keySet().removeIf(key -> tenant.map(key.tenant()::equals).orElse(true));
            return before - entries.size();
        });
    }

    @SuppressWarnings("unchecked")
    private <T> CompletionStage<T> answer(Supplier<T> right) {
        if (fault.isPresent()) {
            return (CompletionStage<T>) fault.get().get();
        }
        if (latency.isZero()) {
            return CompletableFuture.completedFuture(right.get());
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        timeline.schedule(latency.toNanos(), () -> answer.complete(right.get()));
        return answer;
    }

    @Override
    public void close() {}
}
