package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * How much memory the cache may use. Immutable.
 *
 * @param where how a message names the place the size comes from
 * @param bytes for all answers, a megabyte or more
 */
record OffHeapSize(String where, long bytes) {

    static final long LEAST_BYTES = 1L << 20;

    private static final String OFF_HEAP = "off-heap";
    private static final long DEFAULT_BYTES = 64L << 20;

    /** Above this part of the memory, an answer would drive out too many others, or find no room at all. */
    private static final int LARGEST_PART = 4;

    static final Set<SettingKey> KEYS = Set.of(new SettingKey(
            OFF_HEAP,
            "Memory off the heap for all answers, reserved at the start, 1MB or more; 64MB by default.",
            OffHeapSize::from));

    OffHeapSize {
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException(where + ": off-heap must be 1MB or more, not " + bytes + " bytes");
        }
    }

    /**
     * Reads the setting.
     *
     * @throws IllegalArgumentException if it isn't a size or is too small
     */
    static OffHeapSize from(Settings settings) {
        return new OffHeapSize(settings.where(), settings.bytes(OFF_HEAP).orElse(DEFAULT_BYTES));
    }

    /** Returns the size above which an answer isn't stored. */
    long largestBytes() {
        return bytes / LARGEST_PART;
    }
}
