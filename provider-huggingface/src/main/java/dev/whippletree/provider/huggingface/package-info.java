/**
 * Reaches Hugging Face's Inference Providers: what its router does differently from others that speak the protocol.
 *
 * <p>Model ids go out as they are, suffix included: {@code openai/gpt-oss-20b:cheapest}, {@code openai/gpt-oss-20b:groq}.
 */
@NullMarked
package dev.whippletree.provider.huggingface;

import org.jspecify.annotations.NullMarked;
