/**
 * The contract of every cache, as a JUnit class to extend.
 */
@NullMarked
package dev.whippletree.testkit.cache;

import org.jspecify.annotations.NullMarked;
