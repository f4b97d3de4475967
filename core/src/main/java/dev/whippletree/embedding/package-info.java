/** Embeds texts: which ones to ask for, in which calls. {@code Embedder} is the door; the engine makes the calls. */
@NullMarked
package dev.whippletree.embedding;

import org.jspecify.annotations.NullMarked;
