/**
 * A module that binds a {@link dev.whippletree.Whippletree} in a program's own Guice injector.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.guice;

import org.jspecify.annotations.NullMarked;
