package dev.whippletree.batch.file;

import java.util.Arrays;

/**
 * Maps digests to the positions of lines in a file: open addressing, 16 bytes a slot. Confined to one thread until
 * filled.
 */
final class LineIndex {

    /** Places are 0 or more. */
    static final long NONE = -1;

    private static final int FEWEST = 1 << 10;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private long[] digests = new long[FEWEST];
    private long[] places = none(FEWEST);
    private int size;

    private static long[] none(int count) {
        long[] places = new long[count];
        Arrays.fill(places, NONE);
        return places;
    }

    /** Notes a place, and returns the one it replaces; {@link #NONE} if there was none. */
    long put(long digest, long place) {
        if (size >= digests.length - digests.length / 3) {
            grow();
        }
        int slot = slot(digest);
        long before = places[slot];
        size += before == NONE ? 1 : 0;
        digests[slot] = digest;
        places[slot] = place;
        return before;
    }

    /** Returns a place; {@link #NONE} if there is none. */
    long get(long digest) {
        return places[slot(digest)];
    }

    int size() {
        return size;
    }

    private int slot(long digest) {
        int slot = (int) Long.remainderUnsigned(digest * MIX, digests.length);
        while (places[slot] != NONE && digests[slot] != digest) {
            slot = slot + 1 == digests.length ? 0 : slot + 1;
        }
        return slot;
    }

    private void grow() {
        long[] before = digests;
        long[] placesBefore = places;
        digests = new long[before.length + before.length / 2];
        places = none(digests.length);
        for (int i = 0; i < before.length; i++) {
            if (placesBefore[i] != NONE) {
                int slot = slot(before[i]);
                digests[slot] = before[i];
                places[slot] = placesBefore[i];
            }
        }
    }
}
