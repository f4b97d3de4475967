/** Interviews and faults in virtual time: what the engine makes of simulated accounts. */
@NullMarked
package dev.whippletree.stress.simulation;

import org.jspecify.annotations.NullMarked;
