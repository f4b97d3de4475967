/**
 * The command {@code cache}: clears what is stored.
 */
@NullMarked
package dev.whippletree.cli.cache;

import org.jspecify.annotations.NullMarked;
