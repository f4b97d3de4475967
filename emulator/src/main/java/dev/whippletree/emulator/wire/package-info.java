/**
 * How the emulated services put things on the wire: requests read from JSON, and what a model decided as status, headers and
 * timed pieces of a body.
 *
 * <p>Pure: nothing here knows of sockets. Each service's words are its dialect's.
 */
@NullMarked
package dev.whippletree.emulator.wire;

import org.jspecify.annotations.NullMarked;
