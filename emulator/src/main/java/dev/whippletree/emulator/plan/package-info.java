/**
 * Tells beforehand whether accounts will do: runs the production engine over emulated services in virtual time.
 *
 * <p>A {@link dev.whippletree.emulator.plan.PlanRequest} says who asks what of which accounts; the
 * {@link dev.whippletree.emulator.plan.Planner} simulates it and its variants; the
 * {@link dev.whippletree.emulator.plan.CapacityPlan} is what came out, as values only.
 */
@NullMarked
package dev.whippletree.emulator.plan;

import org.jspecify.annotations.NullMarked;
