/** Interviews and faults in virtual time: what the engine makes of simulated accounts. */
@NullMarked
package dev.whippletree.planner.simulation;

import org.jspecify.annotations.NullMarked;
