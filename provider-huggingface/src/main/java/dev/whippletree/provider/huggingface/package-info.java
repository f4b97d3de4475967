/**
 * Connects to Hugging Face's Inference Providers: the differences between its router and the chat-completions protocol.
 *
 * <p>Model ids are sent unchanged, including their suffix: {@code openai/gpt-oss-20b:cheapest},
 * {@code openai/gpt-oss-20b:groq}.
 */
@NullMarked
package dev.whippletree.provider.huggingface;

import org.jspecify.annotations.NullMarked;
