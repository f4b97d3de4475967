/**
 * Stress runs: many interviews at once over emulated accounts or the user's own, with their progress and their results.
 *
 * <p>{@link dev.whippletree.stress.EmulatedStress} and {@link dev.whippletree.stress.LiveStress} are the doors.
 */
@NullMarked
package dev.whippletree.stress;

import org.jspecify.annotations.NullMarked;
