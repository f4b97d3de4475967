package dev.whippletree.provider.openai;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.spi.Admission;
import java.net.URI;
import java.util.Optional;

/**
 * The protocol as OpenAI describes it. Immutable.
 *
 * @param chatCompletions where prompts are posted
 * @param maxTokensField the field that bounds a completion's length
 * @param embeddings how texts are embedded
 */
record OpenAiDialect(URI chatCompletions, String maxTokensField, Optional<EmbeddingApi> embeddings) implements Dialect {

    static final String BASE_URL = "https://api.openai.com/v1";

    /**
     * The most texts of one call to OpenAI, which takes 2,048. So an answer stays below 16 MB, also with 3,072
     * dimensions.
     */
    static final int OWN_INPUTS = 1_000;

    private static final String OWN_HOST = "." + URI.create(BASE_URL).getHost();

    /** As many as OpenAI gives (platform.openai.com/docs/api-reference/chat); others that speak the protocol vary. */
    @Override
    public int mostChoices() {
        return 128;
    }

    /** Returns whether an address is OpenAI's own, such as that of a region: {@code eu.api.openai.com}. */
    static boolean isOwn(URI address) {
        return ("." + address.getHost()).endsWith(OWN_HOST);
    }

    /**
     * OpenAI itself counts a completion's maximum when the prompt arrives
     * (platform.openai.com/docs/guides/rate-limits). Others that speak the protocol aren't known to.
     */
    @Override
    public Admission admission(Prompt prompt, String model) {
        Admission asMade = Dialect.super.admission(prompt, model);
        return isOwn(chatCompletions)
                ? Admission.onEntry(asMade.promptTokens(), prompt.parameters().maxTokens())
                        .times(asMade.completions())
                : asMade;
    }
}
