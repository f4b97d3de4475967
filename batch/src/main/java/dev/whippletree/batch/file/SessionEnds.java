package dev.whippletree.batch.file;

import java.util.BitSet;
import java.util.function.ToLongFunction;

/**
 * Which lines are the last ones of their sessions, so that nothing of a session needs to be kept behind them. Holds a
 * bit for each line; while lines are added, sessions are known by 64-bit digests. If two sessions share a digest, only
 * the one that ends later has an end. Confined to one thread until all lines are added, then thread-safe.
 */
final class SessionEnds {

    private final BitSet ends = new BitSet();

    /** Adds lines. */
    static final class Collector {

        private final ToLongFunction<String> digest;
        private final SessionEnds found = new SessionEnds();
        private final LineIndex latest = new LineIndex();

        Collector(ToLongFunction<String> digest) {
            this.digest = digest;
        }

        /** Adds the next line. */
        void add(InputLine line) {
            line.prompt().session().ifPresent(name -> {
                long before = latest.put(digest.applyAsLong(name), line.number());
                if (before != LineIndex.NONE) {
                    found.ends.clear(index(before));
                }
                found.ends.set(index(line.number()));
            });
        }

        /** Returns what was found. */
        SessionEnds found() {
            return found;
        }
    }

    /** Returns whether no later line has the session of this one. */
    boolean contains(InputLine line) {
        return ends.get(index(line.number()));
    }

    /** Returns whether no line has a session. */
    boolean isEmpty() {
        return ends.isEmpty();
    }

    private static int index(long number) {
        return Math.toIntExact(number);
    }
}
