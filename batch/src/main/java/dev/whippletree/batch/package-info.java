/**
 * Asks many prompts through a {@link dev.whippletree.Whippletree}: keeps every account busy, in bounded memory, and
 * stores each result before reporting it. The engine decides when to call, which account, and how to handle failures.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.batch;

import org.jspecify.annotations.NullMarked;
