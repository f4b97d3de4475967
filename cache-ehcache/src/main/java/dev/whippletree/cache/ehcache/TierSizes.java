package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * How much memory the cache may use. Immutable.
 *
 * @param where how a message names the place the sizes come from
 * @param heapBytes for the answers used most recently, a megabyte or more
 * @param offHeapBytes for all answers; more than {@code heapBytes}, since what is on the heap is there too
 */
record TierSizes(String where, long heapBytes, long offHeapBytes) {

    static final long LEAST_BYTES = 1L << 20;

    private static final String HEAP = "heap";
    private static final String OFF_HEAP = "off-heap";
    private static final long DEFAULT_HEAP_BYTES = 32L << 20;
    private static final long DEFAULT_OFF_HEAP_BYTES = 64L << 20;

    /** Above this part of the off-heap memory, an answer would drive out too many others, or find no room at all. */
    private static final int LARGEST_PART = 4;

    static final Set<SettingKey> KEYS = Set.of(
            new SettingKey(
                    HEAP, "Memory on the heap for the answers used most recently, 1MB or more; 32MB by default."),
            new SettingKey(
                    OFF_HEAP,
                    "Memory off the heap for all answers, reserved at the start, more than heap; 64MB by default."));

    TierSizes {
        if (heapBytes < LEAST_BYTES) {
            throw new IllegalArgumentException(where + ": heap must be 1MB or more, not " + heapBytes + " bytes");
        }
        if (offHeapBytes <= heapBytes) {
            throw new IllegalArgumentException(where + ": off-heap (" + offHeapBytes
                    + " bytes) must be more than heap (" + heapBytes + " bytes), whose answers it also contains");
        }
    }

    /**
     * Reads the settings. A heap set alone, at or above the default off-heap, brings twice itself off the heap.
     *
     * @throws IllegalArgumentException if one isn't a size or they don't go together
     */
    static TierSizes from(Settings settings) {
        long heapBytes = settings.bytes(HEAP).orElse(DEFAULT_HEAP_BYTES);
        long otherwise = Math.max(DEFAULT_OFF_HEAP_BYTES, 2 * heapBytes);
        return new TierSizes(
                settings.where(), heapBytes, settings.bytes(OFF_HEAP).orElse(otherwise));
    }

    /** Returns the size above which an answer isn't stored. */
    long largestBytes() {
        return offHeapBytes / LARGEST_PART;
    }
}
