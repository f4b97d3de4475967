/**
 * The command {@code stress}: reads the options and runs the interviews.
 *
 * <p>It needs the modules {@code stress} and {@code emulator}; the command itself is loaded without them.
 */
@NullMarked
package dev.whippletree.cli.stress;

import org.jspecify.annotations.NullMarked;
