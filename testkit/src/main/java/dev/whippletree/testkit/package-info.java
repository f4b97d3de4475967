/**
 * Test doubles and samples for whoever tests a plugin, the contracts in the packages below included.
 */
@NullMarked
package dev.whippletree.testkit;

import org.jspecify.annotations.NullMarked;
