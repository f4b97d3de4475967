/**
 * The contract of every coordinator, as a JUnit class to extend.
 */
@NullMarked
package dev.whippletree.testkit.coordinator;

import org.jspecify.annotations.NullMarked;
