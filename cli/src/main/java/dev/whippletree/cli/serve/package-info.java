/**
 * The command {@code serve}: runs a gateway.
 *
 * <p>It needs the module {@code gateway}; the command itself is loaded without it.
 */
@NullMarked
package dev.whippletree.cli.serve;

import org.jspecify.annotations.NullMarked;
