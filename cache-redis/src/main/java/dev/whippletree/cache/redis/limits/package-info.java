/**
 * Shares limits with other processes: blocks of permits, and the trades that get, give back and settle them.
 *
 * <p>Not API; public only for the module's other packages.
 */
@NullMarked
package dev.whippletree.cache.redis.limits;

import org.jspecify.annotations.NullMarked;
