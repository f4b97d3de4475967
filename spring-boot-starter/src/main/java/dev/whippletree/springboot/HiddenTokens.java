package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Hides the values of {@code whippletree.*} that are secrets or may contain one, and every other value with a token in
 * use, such as the variable that holds it or the command line. Thread-safe.
 *
 * @param inUse the secrets in use
 */
record HiddenTokens(Supplier<Stream<Secret>> inUse) implements SanitizingFunction {

    /** The last words of the names of such values, without dashes. */
    private static final Set<String> SECRETS = Set.of("token", "key", "watchkey", "password", "secret", "uri");

    /** A shorter secret may be part of other words: only a value that is the same is hidden. */
    private static final int LEAST_PART = 8;

    /** Returns the tokens and keys of a configuration. */
    static Stream<Secret> secrets(Whippletree whippletree) {
        Configuration configuration = whippletree.configuration();
        Stream<Secret> tokens =
                configuration.accounts().stream().map(AccountSettings::token).flatMap(Optional::stream);
        Stream<Secret> keys = configuration.gateway().stream()
                .flatMap(gateway -> Stream.concat(
                        gateway.clients().stream().map(GatewaySettings.Client::key), gateway.watchKey().stream()));
        return Stream.concat(tokens, keys);
    }

    @Override
    public SanitizableData apply(SanitizableData data) {
        String name = data.getKey().toLowerCase(Locale.ROOT);
        boolean secret = name.startsWith(WhippletreeProperties.PREFIX) && SECRETS.contains(last(name));
        return secret || isToldBy(String.valueOf(data.getValue())) ? data.withSanitizedValue() : data;
    }

    private static String last(String name) {
        String[] keys = name.split("[._]", -1);
        return keys[keys.length - 1].replace("-", "");
    }

    private boolean isToldBy(String value) {
        return inUse.get().anyMatch(secret -> isToldBy(value.trim(), secret));
    }

    private static boolean isToldBy(String value, Secret secret) {
        try {
            String token = secret.reveal();
            return token.length() < LEAST_PART ? token.equals(value) : value.contains(token);
        } catch (RuntimeException e) {
            return false; // Its file can't be read now.
        }
    }
}
