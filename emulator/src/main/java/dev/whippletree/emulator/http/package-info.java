/**
 * The emulated services behind real sockets: an HTTP server on the loopback interface that plays what the models decide.
 *
 * <p>A request that waits for its time costs a timer and no thread.
 */
@NullMarked
package dev.whippletree.emulator.http;

import org.jspecify.annotations.NullMarked;
