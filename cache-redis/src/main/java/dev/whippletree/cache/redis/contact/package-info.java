/**
 * The contact with the other processes: whether they can be reached, and what can be asked of what all share.
 *
 * <p>Not API; public only for the module's other packages.
 */
@NullMarked
package dev.whippletree.cache.redis.contact;

import org.jspecify.annotations.NullMarked;
