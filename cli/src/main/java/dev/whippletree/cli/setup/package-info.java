/**
 * The commands about the configuration: {@code init}, {@code check} and {@code plugins}.
 */
@NullMarked
package dev.whippletree.cli.setup;

import org.jspecify.annotations.NullMarked;
