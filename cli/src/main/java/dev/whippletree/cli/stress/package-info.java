/**
 * The command {@code stress}: conducts interviews over emulated accounts or the user's own, shows their progress and
 * their results.
 *
 * <p>It needs the modules {@code planner} and {@code emulator}; the command itself is loaded without them.
 */
@NullMarked
package dev.whippletree.cli.stress;

import org.jspecify.annotations.NullMarked;
