package dev.whippletree.tests.load;

import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An account as a user of the library configures it. Immutable.
 *
 * @param id its id, to the library and to the emulated service alike
 * @param organization whose limits it shares; absent: it is one of its own
 * @param limit what the user declares; absent: nothing, so that it has to be learned
 * @param maxConcurrency attempts under way at once; absent: the default
 * @param transit how long a request is under way at most; absent: unknown
 */
record LoadAccount(
        String id,
        Optional<String> organization,
        Optional<Limit> limit,
        OptionalInt maxConcurrency,
        Optional<Duration> transit) {

    /** Returns an account of which the user declares nothing. */
    static LoadAccount undeclared(String id) {
        return new LoadAccount(id, Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** Returns an account whose limit the user declares. */
    static LoadAccount declared(String id, Limit limit) {
        return new LoadAccount(id, Optional.empty(), Optional.of(limit), OptionalInt.of(250), Optional.empty());
    }

    /** Returns the same account as a member of an organization. */
    LoadAccount of(String organization) {
        return new LoadAccount(id, Optional.of(organization), limit, maxConcurrency, transit);
    }

    /** Returns the same account with a stated transit. */
    LoadAccount within(Duration transit) {
        return new LoadAccount(id, organization, limit, maxConcurrency, Optional.of(transit));
    }

    /** Returns the same account with a bound on the attempts under way at once. */
    LoadAccount upTo(int maxConcurrency) {
        return new LoadAccount(id, organization, limit, OptionalInt.of(maxConcurrency), transit);
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
        organization.ifPresent(builder::organization);
        maxConcurrency.ifPresent(builder::maxConcurrency);
        transit.ifPresent(builder::transit);
        return builder.build();
    }
}
