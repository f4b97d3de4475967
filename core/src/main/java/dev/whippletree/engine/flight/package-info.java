/**
 * One prompt's way to its answer: its callers, the targets that it may use, its attempts, and what follows from how
 * they end.
 */
@NullMarked
package dev.whippletree.engine.flight;

import org.jspecify.annotations.NullMarked;
