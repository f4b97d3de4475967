/**
 * The {@code whippletree} command: parses what a person types, calls {@link dev.whippletree.Whippletree} or the module
 * that does the work, prints the result.
 *
 * <p>It decides nothing about prompts, and names no provider and no cache. What a terminal shows is formatted in
 * {@code dev.whippletree.terminal}; stress runs, plans, batches and the gateway are modules of their own. Each command
 * has a package of its own and stands on {@link dev.whippletree.cli.base}; only {@link dev.whippletree.cli.Main} knows
 * them all. A command class uses no optional module: what does is loaded when the command runs.
 */
@NullMarked
package dev.whippletree.cli;

import org.jspecify.annotations.NullMarked;
