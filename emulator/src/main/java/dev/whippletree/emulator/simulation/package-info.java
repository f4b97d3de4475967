/**
 * The emulated services as a provider: the production engine with these runs in virtual time.
 *
 * <p>There is no network. A service's decision reaches the engine's sink after its delay, through links with given
 * transit and losses.
 */
@NullMarked
package dev.whippletree.emulator.simulation;

import org.jspecify.annotations.NullMarked;
