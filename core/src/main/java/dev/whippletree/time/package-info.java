/**
 * The only source of time: clocks, timers and randomness, real or virtual.
 *
 * <p>Everything else in Whippletree is handed a {@link dev.whippletree.time.Timeline}. The engine therefore runs
 * unchanged in virtual time, where an hour of traffic takes about a second and every run can be replayed from its seed.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.time;

import org.jspecify.annotations.NullMarked;
