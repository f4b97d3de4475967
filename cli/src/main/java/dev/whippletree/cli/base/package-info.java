/**
 * The basis of all commands: their environment, shared options, errors, exit codes, and opening a Whippletree.
 *
 * <p>It knows no command.
 */
@NullMarked
package dev.whippletree.cli.base;

import org.jspecify.annotations.NullMarked;
