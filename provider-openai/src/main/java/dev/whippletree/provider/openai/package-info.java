/**
 * Speaks the OpenAI chat-completions protocol over OkHttp, with any service that supports it.
 *
 * <p>{@link dev.whippletree.provider.openai.OpenAiProvider} is a provider of its own. A module for one service
 * implements {@link dev.whippletree.provider.openai.dialect.Dialect}, which describes the differences between services,
 * and opens a {@link dev.whippletree.provider.openai.call.ChatClient} with it. Each call is made once: nothing is
 * re-sent, queued, redirected or timed here, because the engine does all that.
 */
@NullMarked
package dev.whippletree.provider.openai;

import org.jspecify.annotations.NullMarked;
