package dev.whippletree.config;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads the accounts of a configuration file. */
final class AccountReader {

    private final KnownPlugins known;
    private final TokenReader tokens;
    private final Map<String, String> accountsByToken = new HashMap<>();

    AccountReader(KnownPlugins known, TokenReader tokens) {
        this.known = known;
        this.tokens = tokens;
    }

    /** Returns the accounts that can be read; what is wrong with the others is told. */
    List<AccountSettings> read(Section root) {
        List<AccountSettings> accounts = new ArrayList<>();
        List<JsonNode> nodes = root.list("accounts");
        for (int index = 0; index < nodes.size(); index++) {
            Section section = root.below("accounts[" + index + "]", nodes.get(index));
            account(section).ifPresent(account -> {
                if (accounts.stream().anyMatch(other -> other.id().equals(account.id()))) {
                    section.problem("id", "another account is named '" + account.id() + "' already");
                } else {
                    accounts.add(account);
                }
            });
        }
        return accounts;
    }

    private Optional<AccountSettings> account(Section section) {
        Optional<String> id = section.text("id");
        Optional<String> provider = section.text("provider");
        Optional<Secret> token = tokens.read(section, "token");
        Optional<String> organization = section.text("organization");
        int weight = section.integer("weight", 1).orElse(1);
        Optional<Integer> concurrency = section.integer("max-concurrency", 1);
        Optional<Duration> transit = section.duration("transit");
        List<DeclaredLimit> limits = limits(section);
        if (provider.isEmpty()) {
            section.problem(
                    "provider",
                    "the provider's name is missing"
                            + Names.suggestion("", known.providers().keySet()));
        } else if (!known.providers().containsKey(provider.get())) {
            section.problem(
                    "provider",
                    "no provider is named '" + provider.get() + "'"
                            + Names.suggestion(provider.get(), known.providers().keySet()));
        }
        if (id.isEmpty()) {
            section.problem("id", "an account needs an id");
        }
        Map<String, String> own = section.rest(settings(provider));
        if (id.isEmpty() || id.get().isBlank() || provider.isEmpty()) {
            return Optional.empty();
        }
        token.ifPresent(secret -> rememberToken(section, id.get(), provider.get(), secret));
        return Optional.of(new AccountSettings(
                id.get(),
                provider.get(),
                token,
                organization,
                weight,
                concurrency.map(OptionalInt::of).orElse(OptionalInt.empty()),
                transit,
                limits,
                new Settings("account " + id.get(), own)));
    }

    private Set<String> settings(Optional<String> provider) {
        return provider.map(known.providers()::get).stream()
                .flatMap(Set::stream)
                .map(SettingKey::name)
                .collect(Collectors.toSet());
    }

    /** One token twice is one account, and counting it as two would run it into its limits. */
    private void rememberToken(Section section, String id, String provider, Secret token) {
        String other = accountsByToken.putIfAbsent(provider + ' ' + token.reveal(), id);
        if (other != null) {
            section.problem("token", "account '" + other + "' has the same token; one token is one account");
        }
    }

    private static List<DeclaredLimit> limits(Section section) {
        List<DeclaredLimit> limits = new ArrayList<>();
        List<JsonNode> nodes = section.list("limits");
        for (int index = 0; index < nodes.size(); index++) {
            JsonNode node = nodes.get(index);
            String at = section.at("limits[" + index + "]");
            if (node.isObject()) {
                Section below = section.below(at, node);
                Optional<Limit> limit = below.read("limit", Limit::parse);
                Optional<String> model = below.text("model");
                below.end();
                limit.ifPresent(value -> limits.add(new DeclaredLimit(value, model)));
            } else {
                try {
                    limits.add(new DeclaredLimit(Limit.parse(node.asString()), Optional.empty()));
                } catch (RuntimeException e) {
                    section.problems().add(at, String.valueOf(e.getMessage()));
                }
            }
        }
        return limits;
    }
}
