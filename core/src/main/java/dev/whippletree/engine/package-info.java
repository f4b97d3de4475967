/**
 * The way of a prompt: flights, the waiting line, leases, health, retries, cache tiers.
 *
 * <p>One lock guards the engine's state and is held for microseconds: under it things are only decided. What has to be done is
 * queued and done after its release, in order for each flight.
 *
 * <p>Not API, but for its settings: they may be relied on, the rest may change in any release.
 */
@NullMarked
package dev.whippletree.engine;

import org.jspecify.annotations.NullMarked;
