/**
 * Stress runs: many interviews at once over emulated accounts, with their progress and their results.
 *
 * <p>{@link dev.whippletree.stress.EmulatedStress} is the entry point.
 */
@NullMarked
package dev.whippletree.stress;

import org.jspecify.annotations.NullMarked;
