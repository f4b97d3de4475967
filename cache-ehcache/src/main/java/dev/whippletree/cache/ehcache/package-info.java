/**
 * Keeps answers in this process, off the heap, with Ehcache.
 */
@NullMarked
package dev.whippletree.cache.ehcache;

import org.jspecify.annotations.NullMarked;
