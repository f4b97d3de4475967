/**
 * Answers prompts, whole or as streams, in whatever protocol they are asked, and takes confirmations of answers.
 * {@code PromptHandler} takes a prompt, {@code StreamedResponse} ends its response.
 */
@NullMarked
package dev.whippletree.gateway.prompt;

import org.jspecify.annotations.NullMarked;
