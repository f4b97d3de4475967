/**
 * The command {@code ask}: one prompt and its answer.
 */
@NullMarked
package dev.whippletree.cli.ask;

import org.jspecify.annotations.NullMarked;
