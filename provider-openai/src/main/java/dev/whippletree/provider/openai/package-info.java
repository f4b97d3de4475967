/**
 * Speaks the OpenAI chat-completions protocol over OkHttp, for any service that does.
 *
 * <p>{@link dev.whippletree.provider.openai.OpenAiProvider} is a provider by itself. A module for one service implements
 * {@link dev.whippletree.provider.openai.Dialect}, which holds what services do differently, and opens a
 * {@link dev.whippletree.provider.openai.ChatClient} with it. One call is made once: nothing is re-sent, queued, redirected
 * or timed here, since all that is the engine's.
 */
@NullMarked
package dev.whippletree.provider.openai;

import org.jspecify.annotations.NullMarked;
