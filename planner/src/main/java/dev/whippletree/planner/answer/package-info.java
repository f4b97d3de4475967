/** The parts of a plan's answer besides its values: costs, credits, and the sentences that all formats share. */
@NullMarked
package dev.whippletree.planner.answer;

import org.jspecify.annotations.NullMarked;
