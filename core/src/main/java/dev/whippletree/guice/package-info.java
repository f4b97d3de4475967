/** For programs that have a Guice injector of their own: a module that binds a {@link dev.whippletree.Whippletree} in it. */
@NullMarked
package dev.whippletree.guice;

import org.jspecify.annotations.NullMarked;
