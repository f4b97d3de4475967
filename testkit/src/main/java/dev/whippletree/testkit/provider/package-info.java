/**
 * The contract every {@link dev.whippletree.spi.Provider} must keep, as a JUnit class to extend, and the scripted service it is
 * tried against.
 *
 * <p>{@link dev.whippletree.testkit.provider.ScriptedService} is a plain HTTP/1.1 server on loopback that knows no protocol
 * above it: what it sends is written by the author of the provider, and how it misbehaves by the contract.
 */
@NullMarked
package dev.whippletree.testkit.provider;

import org.jspecify.annotations.NullMarked;
