package magpie;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.provider.openai.call.ChatClient;
import dev.whippletree.provider.openai.call.ChatSettings;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Magpie, a service that speaks the chat-completions protocol, with two error codes of its own. */
public final class MagpieProvider implements Provider {

    private static final String ADDRESS = "https://api.magpie.example/v2";

    @Override
    public String name() {
        return "magpie";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(ChatSettings.baseUrl(ADDRESS), ChatSettings.CONNECT_TIMEOUT);
    }

    @Override
    public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("MAGPIE_KEY")).stream()
                .filter(key -> !key.isBlank())
                .map(key -> AccountSettings.of(
                        "magpie-1", name(), Optional.of(Secret.of(key)), Settings.none("account magpie-1")))
                .toList();
    }

    @Override
    public Map<String, String> environmentVariables() {
        return Map.of("MAGPIE_KEY", "a key from your Magpie account's settings");
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return ChatClient.open(
                account,
                services,
                new MagpieDialect(ChatSettings.endpoint(account.settings(), ADDRESS, "chat/completions")));
    }

    /** What Magpie does differently from the protocol. */
    private record MagpieDialect(URI chatCompletions) implements Dialect {

        @Override
        public Verdict judge(ServiceError error) {
            return switch (error.code().orElse("")) {
                case "nest_empty" -> Verdict.of(FailureKind.QUOTA_EXHAUSTED, Reach.ORGANIZATION);
                case "nest_busy" ->
                    Verdict.of(FailureKind.OVERLOADED, Reach.MODEL).after(error.retryAfter());
                default -> Dialect.super.judge(error);
            };
        }
    }
}
