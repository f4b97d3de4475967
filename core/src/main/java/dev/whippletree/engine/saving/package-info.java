/**
 * Saves the state of limits and closures between processes, and restores it.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.saving;

import org.jspecify.annotations.NullMarked;
