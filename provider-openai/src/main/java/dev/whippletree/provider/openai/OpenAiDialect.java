package dev.whippletree.provider.openai;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.spi.Admission;
import java.net.URI;

/**
 * The protocol as OpenAI describes it. Immutable.
 *
 * @param chatCompletions where prompts are posted
 * @param maxTokensField the field that bounds a completion's length
 */
record OpenAiDialect(URI chatCompletions, String maxTokensField) implements Dialect {

    static final String BASE_URL = "https://api.openai.com/v1";

    private static final String OWN_HOST = URI.create(BASE_URL).getHost();

    /** As many as OpenAI gives (platform.openai.com/docs/api-reference/chat); others that speak the protocol vary. */
    @Override
    public int mostChoices() {
        return 128;
    }

    /**
     * OpenAI itself counts a completion's maximum when the prompt arrives
     * (platform.openai.com/docs/guides/rate-limits). Others that speak the protocol aren't known to.
     */
    @Override
    public Admission admission(Prompt prompt, String model) {
        Admission asMade = Dialect.super.admission(prompt, model);
        return OWN_HOST.equals(chatCompletions.getHost())
                ? Admission.onEntry(asMade.promptTokens(), prompt.parameters().maxTokens())
                        .times(asMade.completions())
                : asMade;
    }
}
