/** OpenAI's embeddings format. */
@NullMarked
package dev.whippletree.gateway.embeddings;

import org.jspecify.annotations.NullMarked;
