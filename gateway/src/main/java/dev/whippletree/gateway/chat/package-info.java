/** OpenAI's chat completions: reads requests and writes answers. */
@NullMarked
package dev.whippletree.gateway.chat;

import org.jspecify.annotations.NullMarked;
