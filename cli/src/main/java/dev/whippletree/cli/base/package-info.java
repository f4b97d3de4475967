/**
 * What all commands stand on: their surroundings, shared options, mistakes, exit codes, and how they open a Whippletree.
 *
 * <p>It knows no command.
 */
@NullMarked
package dev.whippletree.cli.base;

import org.jspecify.annotations.NullMarked;
