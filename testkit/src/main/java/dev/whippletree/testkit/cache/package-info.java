/**
 * The contract that every cache must pass.
 */
@NullMarked
package dev.whippletree.testkit.cache;

import org.jspecify.annotations.NullMarked;
