package dev.whippletree.cache.similar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The entries that were used most recently, as many as fit into a number and into memory. Confined. */
final class MemoryBound<K, V> {

    private final int most;
    private final long mostBytes;
    private final ToLongFunction<V> size;
    private final LongConsumer held;
    private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * @param most how many it holds
     * @param mostBytes how much memory they may take
     * @param size how many bytes a value takes
     * @param held is told how many bytes more they take, or fewer
     */
    MemoryBound(int most, long mostBytes, ToLongFunction<V> size, LongConsumer held) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.size = size;
        this.held = held;
    }

    /** Puts a value in the place of the one that there is. What was used least recently makes room for it. */
    void put(K key, V value) {
        remove(key);
        entries.put(key, value);
        count(size.applyAsLong(value));
        while (entries.size() > most || bytes > mostBytes) {
            remove(entries.keySet().iterator().next());
        }
    }

    Optional<V> get(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    Optional<V> remove(K key) {
        Optional<V> removed = Optional.ofNullable(entries.remove(key));
        removed.ifPresent(value -> count(-size.applyAsLong(value)));
        return removed;
    }

    /** Removes every entry whose key a condition holds for; returns how many. */
    long removeIf(Predicate<K> condition) {
        List<K> gone = entries.keySet().stream().filter(condition).toList();
        gone.forEach(this::remove);
        return gone.size();
    }

    private void count(long more) {
        bytes += more;
        held.accept(more);
    }
}
