/**
 * The contract of every balancing strategy, as a JUnit class to extend.
 */
@NullMarked
package dev.whippletree.testkit.strategy;

import org.jspecify.annotations.NullMarked;
