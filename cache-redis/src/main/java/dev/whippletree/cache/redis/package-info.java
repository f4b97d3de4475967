/**
 * Shares answers, limits, claims and closures between processes through Redis.
 *
 * <p>The coordinator's logic uses {@link dev.whippletree.cache.redis.contact.CoordinationCommands}; only
 * {@link dev.whippletree.cache.redis.LettuceCommands} and its scripts translate those into Redis commands.
 */
@NullMarked
package dev.whippletree.cache.redis;

import org.jspecify.annotations.NullMarked;
