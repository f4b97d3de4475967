package dev.whippletree.provider.groq;

import dev.whippletree.provider.openai.NumberedToken;
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

/** The provider for Groq. Stateless; thread-safe. */
public final class GroqProvider implements Provider {

    private static final String KEY = "GROQ_API_KEY";
    private static final String BASE_URL_VARIABLE = "GROQ_BASE_URL";

    /** Without the path below it, as Groq's own clients have it. */
    private static final String BASE_URL = "https://api.groq.com";

    private static final SettingKey BASE_URL_SETTING = ChatSettings.baseUrl(BASE_URL);

    /** Creates it; for {@link java.util.ServiceLoader}. */
    public GroqProvider() {}

    @Override
    public String name() {
        return "groq";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(BASE_URL_SETTING, ChatSettings.CONNECT_TIMEOUT);
    }

    @Override
    public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        String address = environment.getOrDefault(BASE_URL_VARIABLE, "").strip();
        Map<String, String> values = address.isEmpty() ? Map.of() : Map.of(BASE_URL_SETTING.name(), address);
        return NumberedToken.find(environment, KEY, List.of()).stream()
                .map(key -> account("groq-" + key.number(), key, values))
                .toList();
    }

    private AccountSettings account(String id, NumberedToken key, Map<String, String> values) {
        return AccountSettings.of(id, name(), Optional.of(key.token()), new Settings("account " + id, values));
    }

    @Override
    public Map<String, String> environmentVariables() {
        return Map.of(
                KEY,
                "a key from https://console.groq.com/keys; keys of further organizations in GROQ_API_KEY_2,"
                        + " GROQ_API_KEY_3, …");
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return ChatClient.open(
                account,
                services,
                new GroqDialect(ChatSettings.endpoint(account.settings(), BASE_URL, "openai/v1/chat/completions")));
    }
}
