package dev.whippletree.batch.file;

import java.util.BitSet;

/**
 * Which lines are the last ones of their sessions, so that nothing of a session needs to be kept behind them. Holds a
 * bit for each line; while lines are added, sessions are known by 64-bit digests. If two sessions share a digest, only
 * the one that ends later has an end. Confined to one thread until all lines are added, then thread-safe.
 */
final class SessionEnds {

    private final BitSet ends = new BitSet();

    /**
     * Adds the next line.
     *
     * @param latest the latest line of each session so far
     */
    void add(InputLine line, LineIndex latest) {
        line.prompt().session().ifPresent(name -> {
            long before = latest.put(Digests.of64Bits(name), line.number());
            if (before != LineIndex.NONE) {
                ends.clear(index(before));
            }
            ends.set(index(line.number()));
        });
    }

    /** Returns whether no later line has the session of this one. */
    boolean contains(InputLine line) {
        return ends.get(index(line.number()));
    }

    boolean isEmpty() {
        return ends.isEmpty();
    }

    private static int index(long number) {
        return Math.toIntExact(number);
    }
}
