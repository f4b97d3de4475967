package dev.whippletree.provider.huggingface;

import dev.whippletree.provider.openai.call.ChatClient;
import dev.whippletree.provider.openai.call.ChatSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hugging Face Inference Providers, through their router. Stateless; thread-safe. */
public final class HuggingFaceProvider implements Provider {

    private static final String BASE_URL = "https://router.huggingface.co/v1";
    private static final SettingKey BILL_TO = new SettingKey(
            "bill-to",
            "The organization that pays, sent as X-HF-Bill-To; by default the token's owner.",
            HuggingFaceProvider::billTo);
    private static final String HEADER_VALUE = "[\\x21-\\x7E]+";

    /** Creates it; for {@link java.util.ServiceLoader}. */
    public HuggingFaceProvider() {}

    @Override
    public String name() {
        return "huggingface";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(
                ChatSettings.baseUrl(BASE_URL),
                ChatSettings.CONNECT_TIMEOUT,
                BILL_TO,
                ChatSettings.EMBEDDING_INPUTS,
                ChatSettings.EMBEDDING_TOKENS);
    }

    @Override
    public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        return EnvironmentAccounts.find(environment, name());
    }

    @Override
    public Map<String, String> environmentVariables() {
        return Map.of(
                EnvironmentAccounts.TOKEN,
                "a token that may \"Make calls to Inference Providers\", from https://huggingface.co/settings/tokens;"
                        + " further accounts in HF_TOKEN_2, HF_TOKEN_3, …");
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        Settings settings = account.settings();
        return ChatClient.open(
                account,
                services,
                new HuggingFaceDialect(
                        ChatSettings.endpoint(settings, BASE_URL, "chat/completions"),
                        FeatureExtraction.at(
                                ChatSettings.endpoint(settings, BASE_URL, ""),
                                ChatSettings.embeddingBounds(settings, ChatSettings.USUAL_INPUTS)),
                        billTo(settings),
                        services.logger("provider.huggingface")));
    }

    private static Optional<String> billTo(Settings settings) {
        Optional<String> payer = settings.text(BILL_TO.name()).map(String::strip);
        payer.filter(name -> !name.matches(HEADER_VALUE)).ifPresent(name -> {
            throw new IllegalArgumentException(
                    settings.where() + ": bill-to must be the name of an organization, not '" + name + "'");
        });
        return payer;
    }
}
