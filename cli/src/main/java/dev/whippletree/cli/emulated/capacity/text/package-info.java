/**
 * A plan as text for a terminal: tables, a timeline, advice.
 */
@NullMarked
package dev.whippletree.cli.emulated.capacity.text;

import org.jspecify.annotations.NullMarked;
