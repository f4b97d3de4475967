/**
 * The contract that every coordinator must pass, and a coordinator for tests and simulations.
 */
@NullMarked
package dev.whippletree.testkit.coordinator;

import org.jspecify.annotations.NullMarked;
