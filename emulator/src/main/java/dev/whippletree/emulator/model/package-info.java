/**
 * The services as pure models: given a request and its arrival time, each decides what to answer and when, and counts.
 *
 * <p>Nothing here does I/O, reads a clock or starts a thread: time comes in as nanoseconds. A service therefore runs
 * unchanged behind sockets and in virtual time. It shares no code with the engine whose behaviour it checks: its
 * limits, its estimate of tokens and its answers are its own.
 */
@NullMarked
package dev.whippletree.emulator.model;

import org.jspecify.annotations.NullMarked;
