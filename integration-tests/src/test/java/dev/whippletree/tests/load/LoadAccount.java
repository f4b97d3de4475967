package dev.whippletree.tests.load;

import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An account as a user of the library configures it. Immutable.
 *
 * @param id its id, to the library and to the emulated service alike
 * @param limit what the user declares; absent: nothing, so that it has to be learned
 * @param more what else the user sets
 */
record LoadAccount(String id, Optional<Limit> limit, UnaryOperator<AccountSettings.Builder> more) {

    /** Returns an account of which the user declares nothing. */
    static LoadAccount undeclared(String id) {
        return new LoadAccount(id, Optional.empty(), UnaryOperator.identity());
    }

    /** Returns an account whose limit the user declares. */
    static LoadAccount declared(String id, Limit limit) {
        return new LoadAccount(id, Optional.of(limit), builder -> builder.maxConcurrency(250));
    }

    /** Returns the credential that the emulated service knows an account by. */
    static String token(String id) {
        return "token-of-" + id;
    }

    /** Returns the settings to configure a Whippletree with. */
    AccountSettings settings(String provider, String baseUrl) {
        AccountSettings.Builder builder =
                AccountSettings.builder(id, provider).token(token(id)).setting("base-url", baseUrl);
        limit.ifPresent(builder::limit);
        return more.apply(builder).build();
    }
}
