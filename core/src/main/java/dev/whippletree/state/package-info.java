/**
 * The state that outlives a process: the use of limits and the closures, in one small file that several processes
 * share.
 *
 * <p>Not API: may change in any release, the file included.
 */
@NullMarked
package dev.whippletree.state;

import org.jspecify.annotations.NullMarked;
