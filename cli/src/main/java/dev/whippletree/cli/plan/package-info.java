/**
 * The command {@code plan}: reads what is wanted, has it planned, and hands out the answer.
 *
 * <p>It needs the modules {@code planner} and {@code emulator}; the command itself is loaded without them.
 */
@NullMarked
package dev.whippletree.cli.plan;

import org.jspecify.annotations.NullMarked;
