/**
 * What processes tell each other by notices: which calls are claimed, and which scopes are closed.
 *
 * <p>Not API; public only for the module's other packages.
 */
@NullMarked
package dev.whippletree.cache.redis.notices;

import org.jspecify.annotations.NullMarked;
