/**
 * The commands' work with the emulator: the only package that uses its classes, loaded only by commands that need it.
 */
@NullMarked
package dev.whippletree.cli.emulated;

import org.jspecify.annotations.NullMarked;
