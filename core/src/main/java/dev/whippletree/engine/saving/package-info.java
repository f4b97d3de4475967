/**
 * Saves the state of limits and closures between processes, and takes it up again.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.saving;

import org.jspecify.annotations.NullMarked;
