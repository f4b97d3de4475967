/**
 * An OpenAI-compatible HTTP server in front of one Whippletree. It translates requests into calls of that Whippletree.
 *
 * <p>{@link dev.whippletree.gateway.Gateway} is the door. Requests are read and answers written on a few I/O threads;
 * one that waits for its answer holds none. Of the packages below, {@code status} and {@code chat} use {@code clients},
 * and all use {@code http}.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.gateway;

import org.jspecify.annotations.NullMarked;
