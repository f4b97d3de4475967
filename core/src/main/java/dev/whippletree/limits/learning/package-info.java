/**
 * Finds limits that nobody states, from calls that were admitted and refused: arithmetic only.
 *
 * <p>Not API: may change in any release.
 */
@NullMarked
package dev.whippletree.limits.learning;

import org.jspecify.annotations.NullMarked;
