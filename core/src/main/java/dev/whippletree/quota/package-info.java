/**
 * How a limit is counted: arithmetic only, nanoseconds in, the wait out.
 */
@NullMarked
package dev.whippletree.quota;

import org.jspecify.annotations.NullMarked;
