/** A plan as one self-contained HTML page, which draws itself from the plan's JSON and makes no request. */
@NullMarked
package dev.whippletree.planner.page;

import org.jspecify.annotations.NullMarked;
