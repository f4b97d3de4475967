package dev.whippletree.batch.file;

import java.util.Arrays;

/**
 * Many 64-bit digests in little more than eight bytes each: add them all, sort them, then look them up. Confined to
 * one thread until sorted, then thread-safe.
 */
final class LongBag {

    private static final int BITS = 10;
    private static final int FEWEST = 8;

    private final long[][] buckets = new long[1 << BITS][0];
    private final int[] sizes = new int[1 << BITS];
    private long size;

    /** Adds one, which may be there already. Digests are spread evenly. */
    void add(long digest) {
        int bucket = bucket(digest);
        int count = sizes[bucket];
        if (count == buckets[bucket].length) {
            buckets[bucket] = Arrays.copyOf(buckets[bucket], Math.max(FEWEST, count + count / 4));
        }
        buckets[bucket][count] = digest;
        sizes[bucket]++;
        size++;
    }

    private static int bucket(long digest) {
        return (int) (digest >>> (Long.SIZE - BITS));
    }

    void sort() {
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            Arrays.sort(buckets[bucket], 0, sizes[bucket]);
        }
    }

    boolean contains(long digest) {
        int bucket = bucket(digest);
        return Arrays.binarySearch(buckets[bucket], 0, sizes[bucket], digest) >= 0;
    }

    /** Returns those that were added more than once, sorted. */
    LongBag repeated() {
        LongBag repeated = new LongBag();
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            for (int i = 1; i < sizes[bucket]; i++) {
                boolean first = i == 1 || buckets[bucket][i - 2] != buckets[bucket][i];
                if (first && buckets[bucket][i] == buckets[bucket][i - 1]) {
                    repeated.add(buckets[bucket][i]);
                }
            }
        }
        return repeated;
    }

    long size() {
        return size;
    }
}
