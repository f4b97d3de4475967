/** The command {@code cache}: removes stored answers. */
@NullMarked
package dev.whippletree.cli.cache;

import org.jspecify.annotations.NullMarked;
