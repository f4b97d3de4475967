/**
 * Keeps answers in Redis, where several processes share them and a restart doesn't lose them.
 */
@NullMarked
package dev.whippletree.cache.redis;

import org.jspecify.annotations.NullMarked;
