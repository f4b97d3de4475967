/**
 * What a contender of the comparison implements, and the driver that asks it. Depends on the JDK alone, so it adds
 * nothing to a contender's class path.
 */
@NullMarked
package dev.whippletree.comparison.contender;

import org.jspecify.annotations.NullMarked;
