/**
 * The {@code whippletree} command: parses its arguments, calls {@link dev.whippletree.Whippletree}, prints the result.
 *
 * <p>It decides nothing about prompts, and names no provider and no cache. Each command has a package of its own and stands on
 * {@link dev.whippletree.cli.base}; only {@link dev.whippletree.cli.Main} knows them all. A command class uses no optional module: what
 * does is loaded when the command runs.
 */
@NullMarked
package dev.whippletree.cli;

import org.jspecify.annotations.NullMarked;
