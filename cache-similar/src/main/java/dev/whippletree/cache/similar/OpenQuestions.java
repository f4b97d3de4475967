package dev.whippletree.cache.similar;

import dev.whippletree.spi.CacheKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The latest questions that were looked up: those on their way to the service, and hits that haven't been delivered.
 * Nobody says of a question that its call has failed: it stays until others displace it. Confined.
 */
final class OpenQuestions {

    private final int most;
    private final long mostBytes;
    private final AtomicLong held;
    private final Map<CacheKey, Look> byKey = new LinkedHashMap<>();
    private long bytes;

    /**
     * @param most how many it holds
     * @param mostBytes how much memory they may take
     * @param held is told how many bytes they take
     */
    OpenQuestions(int most, long mostBytes, AtomicLong held) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.held = held;
    }

    /** Adds a question. Those that were added first make room for it. */
    void put(CacheKey key, Look question) {
        remove(key);
        byKey.put(key, question);
        count(question.bytes());
        while (byKey.size() > most || bytes > mostBytes) {
            remove(byKey.keySet().iterator().next());
        }
    }

    Optional<Look> get(CacheKey key) {
        return Optional.ofNullable(byKey.get(key));
    }

    Optional<Look> remove(CacheKey key) {
        Optional<Look> removed = Optional.ofNullable(byKey.remove(key));
        removed.ifPresent(question -> count(-question.bytes()));
        return removed;
    }

    /** Removes every question whose key a condition holds for. */
    void removeIf(Predicate<CacheKey> condition) {
        for (CacheKey key : List.copyOf(byKey.keySet())) {
            if (condition.test(key)) {
                remove(key);
            }
        }
    }

    private void count(long more) {
        bytes += more;
        held.addAndGet(more);
    }
}
