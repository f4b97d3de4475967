/**
 * The contract of a {@link dev.whippletree.spi.Provider}, as a JUnit class to extend, and the scripted service it runs
 * against.
 *
 * <p>{@link dev.whippletree.testkit.provider.ScriptedService} is a plain HTTP/1.1 server on loopback that knows no
 * protocol above it: the author of the provider writes what it sends, and the contract how it misbehaves.
 */
@NullMarked
package dev.whippletree.testkit.provider;

import org.jspecify.annotations.NullMarked;
