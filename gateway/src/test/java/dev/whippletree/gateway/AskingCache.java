package dev.whippletree.gateway;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cache, and its one store, that serves and wants to know what a test says. Thread-safe. */
final class AskingCache implements Cache, CacheStore {

    /** What it has an answer to, by the question's text. */
    final Map<String, CacheEntry> stored = new ConcurrentHashMap<>();

    /** What it wants to have confirmed, by the question's text. */
    final Map<String, CacheEntry> wanted = new ConcurrentHashMap<>();

    /** What was said of which question. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    /** What was asked under which key: who confirms says it by a key without its question. */
    private final Map<CacheKey, String> asked = new ConcurrentHashMap<>();

    private static String text(CacheKey key) {
        return key.question().map(CacheKey.Question::text).orElse("");
    }

    @Override
    public String name() {
        return "asking";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        return this;
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        asked.put(key, text(key));
        return CompletableFuture.completedFuture(
                Optional.ofNullable(stored.get(text(key))).map(entry -> new CacheHit(entry, false)));
    }

    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        stored.remove(text(key));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void confirm(CacheKey key, boolean right) {
        heard.add(key.tenant() + ": " + asked.get(key) + " " + right);
    }

    @Override
    public Optional<CacheEntry> unconfirmed(CacheKey key) {
        return Optional.ofNullable(wanted.get(text(key)));
    }

    @Override
    public List<String> remarks() {
        return List.of("It asks.");
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public void close() {}
}
