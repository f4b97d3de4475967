package dev.whippletree.spi;

import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an account. Immutable; two with equal values are equal.
 *
 * <pre>{@code
 * AccountSettings account = AccountSettings.builder("hf-1", "huggingface")
 *         .token(Secret.ofVariable("HF_TOKEN"))
 *         .limit("1000 requests / 1h")
 *         .build();
 * }</pre>
 */
public final class AccountSettings {

    /**
     * A limit the user declared. Immutable.
     *
     * @param limit how much per window
     * @param model the only model it applies to; absent: the whole organization
     */
    public record DeclaredLimit(Limit limit, Optional<String> model) {}

    private static final Duration LONGEST_TRANSIT = Duration.ofHours(1);

    private final String id;
    private final String provider;
    private final Optional<Secret> token;
    private final Optional<String> organization;
    private final int weight;
    private final OptionalInt maxConcurrency;
    private final Optional<Duration> transit;
    private final List<DeclaredLimit> limits;
    private final Optional<Reach> limitScope;
    private final Optional<Credit> credit;
    private final Settings settings;

    private AccountSettings(Builder from) {
        id = from.id;
        provider = from.provider;
        token = from.token;
        organization = from.organization;
        weight = from.weight;
        maxConcurrency = from.maxConcurrency;
        transit = from.transit;
        limits = List.copyOf(from.limits);
        limitScope = from.limitScope;
        credit = from.credit;
        settings = new Settings("account " + from.id, from.settings);
        limitScope.ifPresent(scope -> {
            if (scope != Reach.MODEL && scope != Reach.ORGANIZATION) {
                throw new IllegalArgumentException(
                        "account " + id + ": limit-scope must be MODEL or ORGANIZATION, not " + scope);
            }
        });
        if (id.isBlank()) {
            throw new IllegalArgumentException("an account's id can't be empty");
        }
        if (weight < 1) {
            throw new IllegalArgumentException("account " + id + ": weight must be 1 or more, not " + weight);
        }
        maxConcurrency.ifPresent(value -> {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "account " + id + ": max-concurrency must be 1 or more, not " + value);
            }
        });
    }

    /**
     * Returns a builder with defaults for everything else: weight 1, an organization of its own, no token, no limits.
     */
    public static Builder builder(String id, String provider) {
        return new Builder(id, provider);
    }

    /** Returns a builder with this account's values. */
    public Builder toBuilder() {
        Builder builder = new Builder(id, provider);
        builder.token = token;
        builder.organization = organization;
        builder.weight = weight;
        builder.maxConcurrency = maxConcurrency;
        builder.transit = transit;
        builder.limits.addAll(limits);
        builder.limitScope = limitScope;
        builder.credit = credit;
        builder.settings.putAll(settings.values());
        return builder;
    }

    /** Returns the same account with another token. */
    public AccountSettings withToken(Optional<Secret> other) {
        Builder builder = toBuilder();
        builder.token = other;
        return builder.build();
    }

    /** Returns an account with defaults for everything else: weight 1, an organization of its own, no limits. */
    public static AccountSettings of(String id, String provider, Optional<Secret> token, Settings settings) {
        Builder builder = builder(id, provider).settings(settings.values());
        builder.token = token;
        return builder.build();
    }

    /** Returns unique among all accounts; what status and errors call it. */
    public String id() {
        return id;
    }

    /** Returns the name of its provider. */
    public String provider() {
        return provider;
    }

    /** Returns its credential; absent for services that need none. */
    public Optional<Secret> token() {
        return token;
    }

    /** Returns the organization whose limits it shares; absent: one of its own. */
    public Optional<String> organization() {
        return organization;
    }

    /** Returns its share of the load against others of the tier, 1 or more. */
    public int weight() {
        return weight;
    }

    /** Returns the most attempts in flight; absent: the default. */
    public OptionalInt maxConcurrency() {
        return maxConcurrency;
    }

    /**
     * Returns the longest time from sending a request to its arrival at the service; absent: unknown, so that a request
     * may arrive as late as just before the first byte of its response.
     */
    public Optional<Duration> transit() {
        return transit;
    }

    /** Returns the limits the user declared for the organization. */
    public List<DeclaredLimit> limits() {
        return limits;
    }

    /**
     * Returns what limits apply to of which the service doesn't say it: {@link Reach#MODEL} or
     * {@link Reach#ORGANIZATION}; absent: it is inferred from refusals.
     */
    public Optional<Reach> limitScope() {
        return limitScope;
    }

    /** Returns what its organization may spend; absent: unknown. Shown in plans and status, not enforced. */
    public Optional<Credit> credit() {
        return credit;
    }

    /** Returns the provider's own settings, such as {@code base-url}. */
    public Settings settings() {
        return settings;
    }

    private List<Object> values() {
        return List.of(
                id,
                provider,
                token,
                organization,
                weight,
                maxConcurrency,
                transit,
                limits,
                limitScope,
                credit,
                settings);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AccountSettings same && values().equals(same.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** Returns its name only. */
    @Override
    public String toString() {
        return "account " + id;
    }

    /** Builds an account. Confined to one thread; may be used again after {@link #build()}. */
    public static final class Builder {

        private final String id;
        private final String provider;
        private final List<DeclaredLimit> limits = new ArrayList<>();
        private final Map<String, String> settings = new HashMap<>();
        private Optional<Secret> token = Optional.empty();
        private Optional<String> organization = Optional.empty();
        private int weight = 1;
        private OptionalInt maxConcurrency = OptionalInt.empty();
        private Optional<Duration> transit = Optional.empty();
        private Optional<Reach> limitScope = Optional.empty();
        private Optional<Credit> credit = Optional.empty();

        private Builder(String id, String provider) {
            this.id = Objects.requireNonNull(id, "id");
            this.provider = Objects.requireNonNull(provider, "provider");
        }

        /**
         * Sets the token itself.
         *
         * @throws IllegalArgumentException if it is null or empty, for example because a variable isn't set
         */
        public Builder token(@Nullable String value) {
            if (value == null || value.isBlank()) {
                throw new IllegalArgumentException("account " + id + ": no token; check the variable that holds it");
            }
            return token(Secret.of(value));
        }

        /** Sets where the token is read from. */
        public Builder token(Secret token) {
            this.token = Optional.of(Objects.requireNonNull(token, "token"));
            return this;
        }

        /** Sets the organization whose limits it shares. */
        public Builder organization(String organization) {
            this.organization = Optional.of(Objects.requireNonNull(organization, "organization"));
            return this;
        }

        /** Sets its share of the load against others of its tier, 1 or more. */
        public Builder weight(int weight) {
            this.weight = weight;
            return this;
        }

        /** Sets the most attempts in flight, 1 or more; default: the engine's. */
        public Builder maxConcurrency(int attempts) {
            this.maxConcurrency = OptionalInt.of(attempts);
            return this;
        }

        /**
         * Sets the longest time from sending a request to its arrival at the service.
         *
         * @throws IllegalArgumentException if it is negative or longer than an hour
         */
        public Builder transit(Duration transit) {
            Objects.requireNonNull(transit, "transit");
            if (transit.isNegative() || transit.compareTo(LONGEST_TRANSIT) > 0) {
                throw new IllegalArgumentException(
                        "account " + id + ": transit must be 0s to " + LONGEST_TRANSIT.toHours() + "h, not " + transit);
            }
            this.transit = Optional.of(transit);
            return this;
        }

        /**
         * Adds a limit of its organization, as {@link Limit#parse} reads it: {@code 1000 requests / 1h}.
         *
         * @throws IllegalArgumentException if it isn't of that form
         */
        public Builder limit(String limit) {
            return limit(Limit.parse(Objects.requireNonNull(limit, "limit")));
        }

        /** Adds a limit of its organization. */
        public Builder limit(Limit limit) {
            limits.add(new DeclaredLimit(Objects.requireNonNull(limit, "limit"), Optional.empty()));
            return this;
        }

        /** Adds a limit of one model of its organization. */
        public Builder limit(Limit limit, String model) {
            limits.add(new DeclaredLimit(
                    Objects.requireNonNull(limit, "limit"), Optional.of(Objects.requireNonNull(model, "model"))));
            return this;
        }

        /** Adds limits. */
        public Builder limits(Collection<DeclaredLimit> more) {
            limits.addAll(Objects.requireNonNull(more, "more"));
            return this;
        }

        /**
         * Sets what limits apply to of which the service doesn't say it.
         *
         * @param scope {@link Reach#MODEL} or {@link Reach#ORGANIZATION}
         */
        public Builder limitScope(Reach scope) {
            this.limitScope = Optional.of(Objects.requireNonNull(scope, "scope"));
            return this;
        }

        /** Sets what its organization may spend. */
        public Builder credit(Credit credit) {
            this.credit = Optional.of(Objects.requireNonNull(credit, "credit"));
            return this;
        }

        /** Sets one of the provider's own settings, such as {@code base-url}. */
        public Builder setting(String name, String value) {
            settings.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Sets some of the provider's own settings. */
        public Builder settings(Map<String, String> values) {
            settings.putAll(Objects.requireNonNull(values, "values"));
            return this;
        }

        /**
         * Returns the account.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public AccountSettings build() {
            return new AccountSettings(this);
        }
    }
}
