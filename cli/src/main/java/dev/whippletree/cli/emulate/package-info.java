/**
 * The command {@code emulate}, and the emulated account behind {@code --emulated}.
 *
 * <p>It needs the module {@code emulator}; the command itself is loaded without it.
 */
@NullMarked
package dev.whippletree.cli.emulate;

import org.jspecify.annotations.NullMarked;
