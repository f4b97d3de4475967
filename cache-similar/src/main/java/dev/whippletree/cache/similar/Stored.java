package dev.whippletree.cache.similar;

import dev.whippletree.spi.CacheEntry;

/**
 * A question that was answered. Immutable.
 *
 * @param text its own words
 * @param wording the same as guards see it
 * @param entry the answer
 * @param answer which of the scope's answers it is: questions whose answers were found to agree have the same number
 */
record Stored(String text, Wording wording, CacheEntry entry, int answer) {}
