/**
 * Runs many interviews at once, and checks the results.
 *
 * <p>A plan says who asks what; a driver asks it on a timeline, without a thread per interview; a report compares the
 * results with the expectations.
 */
@NullMarked
package dev.whippletree.stress.interviews;

import org.jspecify.annotations.NullMarked;
