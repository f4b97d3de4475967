/**
 * Predicts whether accounts will do, by running the production engine over emulated services in virtual time.
 *
 * <p>A {@link dev.whippletree.planner.PlanRequest} says which interviews ask which accounts; the
 * {@link dev.whippletree.planner.Planner} simulates it and its variants; the
 * {@link dev.whippletree.planner.CapacityPlan} is the result, as plain values,
 * which the packages below write as text, as JSON and as a page.
 */
@NullMarked
package dev.whippletree.planner;

import org.jspecify.annotations.NullMarked;
