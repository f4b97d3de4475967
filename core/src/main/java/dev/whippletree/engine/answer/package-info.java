/**
 * Streaming answers: transcripts of attempts, and their broadcast to several callers.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.answer;

import org.jspecify.annotations.NullMarked;
