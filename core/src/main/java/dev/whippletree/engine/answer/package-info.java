/**
 * What callers are told of an answer while it comes: transcripts of attempts, and their broadcast to several readers.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.answer;

import org.jspecify.annotations.NullMarked;
