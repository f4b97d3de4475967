/**
 * Finds and stores answers: keys of prompts, the cache tiers as one cache, confirmations.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.cache;

import org.jspecify.annotations.NullMarked;
