/** The command {@code embed}. */
@NullMarked
package dev.whippletree.cli.embed;

import org.jspecify.annotations.NullMarked;
