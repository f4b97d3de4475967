/**
 * The wire format of the emulated services: requests read from JSON, and decisions written as status, headers and timed
 * pieces of a body.
 *
 * <p>Nothing here uses sockets. Each service's error messages are in its dialect.
 */
@NullMarked
package dev.whippletree.emulator.wire;

import org.jspecify.annotations.NullMarked;
