/**
 * What outlives a process: the uses of limits and what is closed, in one small file that several processes share.
 *
 * <p>Not API: may change in any release, the file included.
 */
@NullMarked
package dev.whippletree.state;

import org.jspecify.annotations.NullMarked;
