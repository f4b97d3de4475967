package dev.whippletree.config;

import dev.whippletree.spi.AccountSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Maps tokens to accounts, because two accounts with one token would exceed its limits. Two endpoints may have the same
 * token, because services that need none get a dummy. Confined to one reading.
 */
final class TokenOwners {

    private static final String ENDPOINT = "base-url";

    private final Map<String, String> environment;
    private final Map<List<String>, String> owners = new HashMap<>();

    /**
     * Creates an empty map.
     *
     * @param environment variables by name, so that messages can name variables that hold the same token
     */
    TokenOwners(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Remembers an account's token. Returns the problem if another account has it or if it can't be read; never its
     * value.
     */
    Optional<String> claim(AccountSettings account) {
        return account.token().flatMap(secret -> {
            try {
                String token = secret.reveal();
                return token.isBlank() ? Optional.of("the token is empty") : claim(account, token);
            } catch (RuntimeException e) {
                return Optional.of("the token can't be read: " + e.getMessage());
            }
        });
    }

    private Optional<String> claim(AccountSettings account, String token) {
        String endpoint = account.settings().text(ENDPOINT).orElse("");
        String owner = owners.putIfAbsent(List.of(account.provider(), endpoint, token), account.id());
        return Optional.ofNullable(owner)
                .map(other -> "accounts " + other + " and " + account.id() + " have the same token" + variables(token)
                        + "; give each account its own token, or remove one of them");
    }

    private String variables(String token) {
        List<String> names = environment.entrySet().stream()
                .filter(variable -> variable.getValue().trim().equals(token))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }
}
