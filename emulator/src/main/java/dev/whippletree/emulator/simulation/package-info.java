/**
 * The emulated services as a provider: the production engine with these runs in virtual time.
 *
 * <p>Nothing goes over a wire. What a service decides reaches the engine's sink after the time it takes, by way of links whose
 * transit and losses are given.
 */
@NullMarked
package dev.whippletree.emulator.simulation;

import org.jspecify.annotations.NullMarked;
