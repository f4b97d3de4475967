/**
 * Keeps answers in this process, on the heap and off it, by Ehcache.
 */
@NullMarked
package dev.whippletree.cache.ehcache;

import org.jspecify.annotations.NullMarked;
