package dev.whippletree.spi;

import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An account as it was configured. Immutable.
 *
 * @param id unique among all accounts; what status and errors call it
 * @param provider the name of its provider
 * @param token its credential; absent for services that want none
 * @param organization whose limits it shares; absent: it is an organization of its own
 * @param weight its share of the load against others of the tier, 1 or more
 * @param maxConcurrency attempts under way at once; absent: the default
 * @param transit how long a request is under way to the service at most; absent: unknown, so that it may arrive until the
 *     first byte of its response does
 * @param limits the limits the user declared for the organization
 * @param credit what its organization may spend; absent: nothing is known of it. Said in plans and status, not enforced
 * @param settings the provider's own settings, such as {@code base-url}
 */
public record AccountSettings(
        String id,
        String provider,
        Optional<Secret> token,
        Optional<String> organization,
        int weight,
        OptionalInt maxConcurrency,
        Optional<Duration> transit,
        List<DeclaredLimit> limits,
        Optional<Credit> credit,
        Settings settings) {

    /**
     * A limit the user declared. Immutable.
     *
     * @param limit how much per window
     * @param model the only model it applies to; absent: all of the organization
     */
    public record DeclaredLimit(Limit limit, Optional<String> model) {}

    /** Checks ranges and copies what is mutable. */
    public AccountSettings {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(transit, "transit");
        Objects.requireNonNull(credit, "credit");
        Objects.requireNonNull(settings, "settings");
        limits = List.copyOf(limits);
        if (id.isBlank()) {
            throw new IllegalArgumentException("an account's id can't be empty");
        }
        if (weight < 1) {
            throw new IllegalArgumentException("account " + id + ": weight is 1 or more, not " + weight);
        }
        maxConcurrency.ifPresent(value -> {
            if (value < 1) {
                throw new IllegalArgumentException("account " + id + ": max-concurrency is 1 or more, not " + value);
            }
        });
    }

    /** Creates an account that states no credit. */
    public AccountSettings(
            String id,
            String provider,
            Optional<Secret> token,
            Optional<String> organization,
            int weight,
            OptionalInt maxConcurrency,
            Optional<Duration> transit,
            List<DeclaredLimit> limits,
            Settings settings) {
        this(id, provider, token, organization, weight, maxConcurrency, transit, limits, Optional.empty(), settings);
    }

    /** Returns the same account with another token. */
    public AccountSettings withToken(Optional<Secret> other) {
        return new AccountSettings(
                id, provider, other, organization, weight, maxConcurrency, transit, limits, credit, settings);
    }

    /** Returns an account that states nothing but what it must: weight 1, an organization of its own, no limits. */
    public static AccountSettings of(String id, String provider, Optional<Secret> token, Settings settings) {
        return new AccountSettings(
                id, provider, token, Optional.empty(), 1, OptionalInt.empty(), Optional.empty(), List.of(), settings);
    }
}
