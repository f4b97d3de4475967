/**
 * The interviews: many people who all ask at once, and what must hold when they are done.
 *
 * <p>A plan says who asks what; a driver asks it, on a timeline, without a thread for each interview; a report holds what came
 * out against what was expected.
 */
@NullMarked
package dev.whippletree.planner.interviews;

import org.jspecify.annotations.NullMarked;
