/** Reads OpenAI's requests, as JSON that is parsed already, and writes parts of answers; for gateway and batches. */
@NullMarked
package dev.whippletree.chat;

import org.jspecify.annotations.NullMarked;
