package dev.whippletree.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The use of a sliding window. Immutable.
 *
 * @param sums how much, by the latest moment at which it can have been counted: the ends of buckets, in milliseconds
 *     since 1970; none negative
 */
public record WindowUses(WindowKey key, SortedMap<Long, Long> sums) {

    public WindowUses {
        sums = Collections.unmodifiableSortedMap(new TreeMap<>(sums));
        if (sums.values().stream().anyMatch(sum -> sum < 0)) {
            throw new IllegalArgumentException("a use can't be negative");
        }
    }
}
