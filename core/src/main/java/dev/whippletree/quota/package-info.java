/**
 * How a limit is counted: arithmetic only, nanoseconds in, the wait out.
 *
 * <p>Not API: may change in any release.
 */
@NullMarked
package dev.whippletree.quota;

import org.jspecify.annotations.NullMarked;
