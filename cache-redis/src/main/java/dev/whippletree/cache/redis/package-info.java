/**
 * Keeps in Redis what several processes share: answers, and the count of their limits, their claims and their closings.
 *
 * <p>What of the coordinator is logic stands behind {@link dev.whippletree.cache.redis.CoordinationCommands}, which only
 * {@link dev.whippletree.cache.redis.LettuceCommands} and its scripts put into Redis's words.
 */
@NullMarked
package dev.whippletree.cache.redis;

import org.jspecify.annotations.NullMarked;
