/**
 * Answers prompts, whole or as streams, in OpenAI's format, and takes confirmations of answers. {@code ChatHandler}
 * takes a prompt, {@code StreamedResponse} ends its response.
 */
@NullMarked
package dev.whippletree.gateway.chat;

import org.jspecify.annotations.NullMarked;
