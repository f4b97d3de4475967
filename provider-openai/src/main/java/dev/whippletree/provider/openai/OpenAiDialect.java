package dev.whippletree.provider.openai;

import java.net.URI;

/**
 * The protocol as OpenAI describes it. Immutable.
 *
 * @param chatCompletions where prompts are posted
 * @param maxTokensField the field that bounds a completion's length
 */
record OpenAiDialect(URI chatCompletions, String maxTokensField) implements Dialect {

    static final String BASE_URL = "https://api.openai.com/v1";
}
