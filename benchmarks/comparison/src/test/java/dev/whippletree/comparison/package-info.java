/** Tests of the comparison's own arithmetic. */
@NullMarked
package dev.whippletree.comparison;

import org.jspecify.annotations.NullMarked;
