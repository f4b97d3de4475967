/**
 * The HTTP server and what holds for every request: its bounds in memory, time and connections, how its body is read
 * and how errors are told. Knows no prompts; of clients no more than whose connection and memory it is.
 */
@NullMarked
package dev.whippletree.gateway.http;

import org.jspecify.annotations.NullMarked;
