/**
 * The contract that every coordinator must pass.
 */
@NullMarked
package dev.whippletree.testkit.coordinator;

import org.jspecify.annotations.NullMarked;
