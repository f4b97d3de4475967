/**
 * The contract that every balancing strategy must pass.
 */
@NullMarked
package dev.whippletree.testkit.strategy;

import org.jspecify.annotations.NullMarked;
