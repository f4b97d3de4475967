/**
 * Tells beforehand whether accounts will do: runs the production engine over emulated services in virtual time.
 *
 * <p>A {@link dev.whippletree.planner.PlanRequest} says who asks what of which accounts; the
 * {@link dev.whippletree.planner.Planner} simulates it and its variants; the
 * {@link dev.whippletree.planner.CapacityPlan} is what came out, as values only.
 */
@NullMarked
package dev.whippletree.planner;

import org.jspecify.annotations.NullMarked;
