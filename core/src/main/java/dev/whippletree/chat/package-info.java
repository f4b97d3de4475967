/** Reads the bodies of OpenAI's requests, as JSON that is parsed already, for the gateway and for batches. */
@NullMarked
package dev.whippletree.chat;

import org.jspecify.annotations.NullMarked;
