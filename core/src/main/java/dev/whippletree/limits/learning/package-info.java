/**
 * Learns what nobody states of limits, from calls and reports: arithmetic only.
 *
 * <p>Not API: may change in any release.
 */
@NullMarked
package dev.whippletree.limits.learning;

import org.jspecify.annotations.NullMarked;
