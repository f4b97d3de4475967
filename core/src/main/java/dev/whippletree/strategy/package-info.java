/**
 * The balancing strategies that come with Whippletree.
 *
 * <p>The names are API, the classes are not.
 */
@NullMarked
package dev.whippletree.strategy;

import org.jspecify.annotations.NullMarked;
