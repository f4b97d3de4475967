/**
 * A plan as text for a terminal: tables, a timeline, advice.
 */
@NullMarked
package dev.whippletree.planner.text;

import org.jspecify.annotations.NullMarked;
