/**
 * A plan as JSON, for programs and for the page.
 */
@NullMarked
package dev.whippletree.planner.json;

import org.jspecify.annotations.NullMarked;
