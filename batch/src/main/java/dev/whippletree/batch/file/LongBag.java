package dev.whippletree.batch.file;

import java.util.Arrays;

/**
 * Many 64-bit digests in eight bytes each: add them all, sort them, then look them up. Confined to one thread until sorted, then
 * thread-safe.
 */
final class LongBag {

    private static final int FEWEST = 1 << 10;

    private long[] digests = new long[FEWEST];
    private int size;

    /** Adds one, which may be there already. */
    void add(long digest) {
        if (size == digests.length) {
            digests = Arrays.copyOf(digests, size + size / 2);
        }
        digests[size++] = digest;
    }

    /** Ends adding. */
    void sort() {
        digests = Arrays.copyOf(digests, size);
        Arrays.sort(digests);
    }

    boolean contains(long digest) {
        return Arrays.binarySearch(digests, digest) >= 0;
    }

    /** Returns those that were added more than once, sorted. */
    LongBag repeated() {
        LongBag repeated = new LongBag();
        for (int i = 1; i < size; i++) {
            boolean first = i == 1 || digests[i - 2] != digests[i];
            if (first && digests[i] == digests[i - 1]) {
                repeated.add(digests[i]);
            }
        }
        repeated.sort();
        return repeated;
    }

    long size() {
        return size;
    }
}
