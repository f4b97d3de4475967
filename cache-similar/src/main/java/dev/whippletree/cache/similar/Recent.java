package dev.whippletree.cache.similar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A map of what was used most recently. Confined. */
final class Recent<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int most;
    private final transient BiConsumer<K, V> dropped;

    /**
     * @param most how many it holds
     * @param dropped is told of each that makes room for another one
     */
    Recent(int most, BiConsumer<K, V> dropped) {
        super(16, 0.75f, true);
        this.most = most;
        this.dropped = dropped;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        boolean full = size() > most;
        if (full) {
            dropped.accept(eldest.getKey(), eldest.getValue());
        }
        return full;
    }
}
