/** Connects to Groq: the differences between its API and the chat-completions protocol. */
@NullMarked
package dev.whippletree.provider.groq;

import org.jspecify.annotations.NullMarked;
