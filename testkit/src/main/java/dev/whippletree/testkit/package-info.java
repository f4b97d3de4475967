/**
 * Test doubles and samples for tests of plugins; the contracts are in the packages below.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.testkit;

import org.jspecify.annotations.NullMarked;
