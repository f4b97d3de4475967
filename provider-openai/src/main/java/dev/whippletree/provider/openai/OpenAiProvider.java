package dev.whippletree.provider.openai;

import dev.whippletree.provider.openai.call.ChatClient;
import dev.whippletree.provider.openai.call.ChatSettings;
import dev.whippletree.provider.openai.dialect.OpenAiEmbeddings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Any service that speaks the OpenAI chat-completions protocol: OpenAI itself, Ollama, vLLM, OpenRouter and others.
 *
 * <p>Declares no account from the environment, because only the configuration knows which service a key belongs to.
 * Stateless; thread-safe.
 */
public final class OpenAiProvider implements Provider {

    private static final SettingKey BASE_URL = new SettingKey(
            ChatSettings.BASE_URL_NAME,
            "The service's address, http or https, such as http://localhost:11434/v1; required, as there is no default.",
            OpenAiProvider::embeddings);

    private static final SettingKey MAX_TOKENS_FIELD = new SettingKey(
            "max-tokens-field",
            "The field that bounds a completion's length, max_tokens (default) or max_completion_tokens, which OpenAI's"
                    + " reasoning models require.",
            OpenAiProvider::maxTokensField);

    /** Creates it; for {@link java.util.ServiceLoader}. */
    public OpenAiProvider() {}

    @Override
    public String name() {
        return "openai";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(
                BASE_URL,
                ChatSettings.CONNECT_TIMEOUT,
                MAX_TOKENS_FIELD,
                ChatSettings.EMBEDDING_INPUTS,
                ChatSettings.EMBEDDING_TOKENS);
    }

    private static String maxTokensField(Settings settings) {
        String field =
                settings.text(MAX_TOKENS_FIELD.name()).orElse("max_tokens").trim();
        if (!field.equals("max_tokens") && !field.equals("max_completion_tokens")) {
            throw new IllegalArgumentException(settings.where()
                    + ": max-tokens-field must be max_tokens or max_completion_tokens, not '" + field + "'");
        }
        return field;
    }

    private static URI embeddings(Settings settings) {
        if (settings.text(ChatSettings.BASE_URL_NAME).isEmpty()) {
            throw new IllegalArgumentException(settings.where()
                    + ": base-url is missing: the address of a service that speaks OpenAI's protocol, such as "
                    + OpenAiDialect.BASE_URL + " or http://localhost:11434/v1");
        }
        return ChatSettings.endpoint(settings, OpenAiDialect.BASE_URL, "embeddings");
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        Settings settings = account.settings();
        String field = maxTokensField(settings);
        URI embeddings = embeddings(settings);
        int inputs = OpenAiDialect.isOwn(embeddings) ? OpenAiDialect.OWN_INPUTS : ChatSettings.USUAL_INPUTS;
        return ChatClient.open(
                account,
                services,
                new OpenAiDialect(
                        ChatSettings.endpoint(settings, OpenAiDialect.BASE_URL, "chat/completions"),
                        field,
                        Optional.of(new OpenAiEmbeddings(embeddings, ChatSettings.embeddingBounds(settings, inputs)))));
    }
}
