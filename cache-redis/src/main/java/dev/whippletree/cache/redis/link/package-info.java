/**
 * The way to Redis: how a server, Sentinels or a cluster are reached, and what is wrong with them.
 *
 * <p>Not API; public only for the module's other packages.
 */
@NullMarked
package dev.whippletree.cache.redis.link;

import org.jspecify.annotations.NullMarked;
