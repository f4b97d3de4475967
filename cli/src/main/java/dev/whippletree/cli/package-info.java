/**
 * The {@code whippletree} command: parses what a user typed, calls {@link dev.whippletree.Whippletree}, prints what came of it.
 *
 * <p>It decides nothing about prompts, and names no provider and no cache. Whatever needs the emulator stands in
 * {@code dev.whippletree.cli.emulated} and is loaded only by the commands that use it.
 */
@NullMarked
package dev.whippletree.cli;

import org.jspecify.annotations.NullMarked;
