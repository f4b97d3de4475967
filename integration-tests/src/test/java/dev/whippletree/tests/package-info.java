/**
 * The modules together, as a user has them.
 */
@NullMarked
package dev.whippletree.tests;

import org.jspecify.annotations.NullMarked;
