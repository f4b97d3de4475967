/**
 * The command {@code plan}: reads the options, makes the plan, and prints it.
 *
 * <p>It needs the modules {@code planner}, {@code stress} and {@code emulator}; the command itself is loaded without
 * them.
 */
@NullMarked
package dev.whippletree.cli.plan;

import org.jspecify.annotations.NullMarked;
