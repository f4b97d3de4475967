/**
 * Asks many prompts through a {@link dev.whippletree.Whippletree}: keeps every account busy, in bounded memory, and writes each result down
 * before it is told. When and whom to ask, and what to do about failures, is the engine's business.
 */
@NullMarked
package dev.whippletree.batch;

import org.jspecify.annotations.NullMarked;
