/**
 * The balancing strategies included in Whippletree.
 *
 * <p>The names are API, the classes are not.
 */
@NullMarked
package dev.whippletree.strategy;

import org.jspecify.annotations.NullMarked;
