/**
 * The balancing strategies that come with Whippletree.
 */
@NullMarked
package dev.whippletree.strategy;

import org.jspecify.annotations.NullMarked;
