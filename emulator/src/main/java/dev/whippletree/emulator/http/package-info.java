/**
 * The emulated services behind real sockets: an HTTP server on the loopback interface that carries out the models'
 * decisions.
 *
 * <p>A delayed response costs a timer and no thread.
 */
@NullMarked
package dev.whippletree.emulator.http;

import org.jspecify.annotations.NullMarked;
