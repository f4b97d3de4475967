/**
 * Counts limits: arithmetic only, from times in nanoseconds to waits.
 *
 * <p>Not API: may change in any release.
 */
@NullMarked
package dev.whippletree.limits;

import org.jspecify.annotations.NullMarked;
