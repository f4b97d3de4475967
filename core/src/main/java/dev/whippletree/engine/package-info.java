/**
 * Handles prompts from start to end: admission, dispatch, retries, and the gate to other processes.
 *
 * <p>One lock guards the engine's state and is held for microseconds: under it things are only decided. What has to be
 * done is queued and done after its release, in order for each flight.
 *
 * <p>Not API. {@link dev.whippletree.engine.Engine} is public for what opens it.
 */
@NullMarked
package dev.whippletree.engine;

import org.jspecify.annotations.NullMarked;
