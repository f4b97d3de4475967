package dev.whippletree.settings;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a route: a name that callers use for a model, and the targets of its prompts. Immutable; two with
 * equal values are equal.
 *
 * <pre>{@code
 * RouteSettings route = RouteSettings.builder("interviews")
 *         .tier(new TargetSettings("hf-1", "openai/gpt-oss-20b"), new TargetSettings("hf-2", "openai/gpt-oss-20b"))
 *         .tier(new TargetSettings("groq-1", "openai/gpt-oss-20b"))
 *         .deadline(Duration.ofMinutes(5))
 *         .build();
 * }</pre>
 */
public final class RouteSettings {

    /** The largest share that batch prompts may keep in reserve for others. */
    public static final double MOST_LEAVE = 0.9;

    /** The strategy of routes that name none. */
    public static final String DEFAULT_STRATEGY = "round-robin";

    /** The patience of routes that state none. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(3);

    /** How long answers are stored by default. */
    public static final Duration DEFAULT_TTL = Duration.ofDays(1);

    private final String name;
    private final List<Tier> tiers;
    private final String strategy;
    private final Settings strategySettings;
    private final Duration patience;
    private final Optional<Duration> deadline;
    private final OptionalInt maxTokens;
    private final Optional<Duration> ttl;
    private final Retries retries;
    private final Timeouts timeouts;
    private final List<String> aliases;
    private final double leave;

    private RouteSettings(Builder from) {
        name = Objects.requireNonNull(from.name, "name");
        tiers = List.copyOf(from.tiers);
        strategy = from.strategy;
        strategySettings = from.strategySettings;
        patience = from.patience;
        deadline = from.deadline;
        maxTokens = from.maxTokens;
        ttl = from.ttl;
        retries = from.retries;
        timeouts = from.timeouts;
        aliases = List.copyOf(from.aliases);
        leave = from.leave;
        if (tiers.isEmpty()) {
            throw new IllegalArgumentException("route " + name + ": add at least one tier");
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("route " + name + ": patience can't be negative");
        }
        requirePositive("deadline", deadline);
        requirePositive("ttl", ttl);
        if (maxTokens.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "route " + name + ": max-tokens must be 1 or more, not " + maxTokens.getAsInt());
        }
        if (!(leave >= 0 && leave <= MOST_LEAVE)) {
            throw new IllegalArgumentException(
                    "route " + name + ": leave must be 0 % to 90 % of each limit, not " + leave * 100 + " %");
        }
    }

    private void requirePositive(String what, Optional<Duration> time) {
        time.filter(value -> value.isZero() || value.isNegative()).ifPresent(value -> {
            throw new IllegalArgumentException("route " + name + ": " + what + " must be positive, not " + value);
        });
    }

    /** Returns a route of these tiers with every default. */
    public static RouteSettings of(String name, List<Tier> tiers) {
        return new Builder(name, tiers).build();
    }

    /** Returns a builder of a route without tiers yet, with every default. */
    public static Builder builder(String name) {
        return new Builder(name, List.of());
    }

    /** Returns a builder of a route of these tiers, with every default. */
    public static Builder builder(String name, List<Tier> tiers) {
        return new Builder(name, tiers);
    }

    /** Returns a builder with this route's values. */
    public Builder toBuilder() {
        return new Builder(name, tiers)
                .strategy(strategy, strategySettings)
                .patience(patience)
                .deadline(deadline)
                .maxTokens(maxTokens)
                .ttl(ttl)
                .retries(retries)
                .timeouts(timeouts)
                .aliases(aliases)
                .leave(leave);
    }

    /** Returns the same route to other targets. */
    public RouteSettings withTiers(List<Tier> tiers) {
        return toBuilder().tiers(tiers).build();
    }

    /** Returns the same route with other timeouts. */
    public RouteSettings withTimeouts(Timeouts timeouts) {
        return toBuilder().timeouts(timeouts).build();
    }

    /** Returns what callers call it. */
    public String name() {
        return name;
    }

    /** Returns targets that are as good as each other, the preferred tier first; at least one. */
    public List<Tier> tiers() {
        return tiers;
    }

    /** Returns the name of the balancing strategy. */
    public String strategy() {
        return strategy;
    }

    /** Returns the strategy's own settings. */
    public Settings strategySettings() {
        return strategySettings;
    }

    /** Returns how long a prompt waits for a tier, by the known times, before the next is eligible too. */
    public Duration patience() {
        return patience;
    }

    /** Returns how long callers wait that state no deadline; absent: as long as it takes. */
    public Optional<Duration> deadline() {
        return deadline;
    }

    /** Returns the maximum sent with prompts that have none, 1 or more; absent: none is sent. */
    public OptionalInt maxTokens() {
        return maxTokens;
    }

    /** Returns how long answers may be stored; absent: not at all. */
    public Optional<Duration> ttl() {
        return ttl;
    }

    /** Returns how failed attempts are retried. */
    public Retries retries() {
        return retries;
    }

    /** Returns how long an attempt may be silent. */
    public Timeouts timeouts() {
        return timeouts;
    }

    /**
     * Returns other names by which a client, a library or a batch may ask for the route as a model; without duplicates
     * or its own name.
     */
    public List<String> aliases() {
        return aliases;
    }

    /** Returns the share of each limit that its batch prompts keep in reserve for others, 0 to 0.9. */
    public double leave() {
        return leave;
    }

    private List<Object> values() {
        return List.of(
                name,
                tiers,
                strategy,
                strategySettings,
                patience,
                deadline,
                maxTokens,
                ttl,
                retries,
                timeouts,
                aliases,
                leave);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RouteSettings same && values().equals(same.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** Returns its name only. */
    @Override
    public String toString() {
        return "route " + name;
    }

    /** Builds a route. Confined to one thread; may be used again after {@link #build()}. */
    public static final class Builder {

        private final String name;
        private List<Tier> tiers;
        private String strategy = DEFAULT_STRATEGY;
        private Settings strategySettings;
        private Duration patience = DEFAULT_PATIENCE;
        private Optional<Duration> deadline = Optional.empty();
        private OptionalInt maxTokens = OptionalInt.empty();
        private Optional<Duration> ttl = Optional.of(DEFAULT_TTL);
        private Retries retries = Retries.DEFAULT;
        private Timeouts timeouts = Timeouts.DEFAULT;
        private List<String> aliases = List.of();
        private double leave;

        private Builder(String name, List<Tier> tiers) {
            this.name = name;
            this.tiers = tiers;
            this.strategySettings = Settings.none("route " + name);
        }

        /** Sets the tiers, the preferred one first; at least one. */
        public Builder tiers(List<Tier> tiers) {
            this.tiers = Objects.requireNonNull(tiers, "tiers");
            return this;
        }

        /** Adds a tier of these targets behind the tiers before it. */
        public Builder tier(TargetSettings... targets) {
            List<Tier> more = new ArrayList<>(tiers);
            more.add(new Tier(List.of(Objects.requireNonNull(targets, "targets"))));
            return tiers(more);
        }

        /** Sets the balancing strategy by its name, without settings of its own. */
        public Builder strategy(String strategy) {
            return strategy(strategy, Settings.none("route " + name));
        }

        /** Sets the balancing strategy by its name, with its own settings. */
        public Builder strategy(String strategy, Settings settings) {
            this.strategy = Objects.requireNonNull(strategy, "strategy");
            this.strategySettings = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /** Sets how long a prompt waits for a tier before the next is eligible too; zero or more. */
        public Builder patience(Duration patience) {
            this.patience = Objects.requireNonNull(patience, "patience");
            return this;
        }

        /** Sets how long callers wait that state no deadline. */
        public Builder deadline(Duration deadline) {
            return deadline(Optional.of(Objects.requireNonNull(deadline, "deadline")));
        }

        /** Sets how long callers wait that state no deadline; absent: as long as it takes. */
        public Builder deadline(Optional<Duration> deadline) {
            this.deadline = Objects.requireNonNull(deadline, "deadline");
            return this;
        }

        /** Sets the maximum sent with prompts that have none, 1 or more. */
        public Builder maxTokens(int maxTokens) {
            return maxTokens(OptionalInt.of(maxTokens));
        }

        /** Sets the maximum sent with prompts that have none, 1 or more; absent: none is sent. */
        public Builder maxTokens(OptionalInt maxTokens) {
            this.maxTokens = Objects.requireNonNull(maxTokens, "maxTokens");
            return this;
        }

        /** Sets how long answers may be stored. */
        public Builder ttl(Duration ttl) {
            return ttl(Optional.of(Objects.requireNonNull(ttl, "ttl")));
        }

        /** Sets how long answers may be stored; absent: not at all. */
        public Builder ttl(Optional<Duration> ttl) {
            this.ttl = Objects.requireNonNull(ttl, "ttl");
            return this;
        }

        /** Sets how failed attempts are retried. */
        public Builder retries(Retries retries) {
            this.retries = Objects.requireNonNull(retries, "retries");
            return this;
        }

        /** Sets how long an attempt may be silent. */
        public Builder timeouts(Timeouts timeouts) {
            this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
            return this;
        }

        /** Sets other names by which a gateway's clients may ask for the route as a model. */
        public Builder aliases(List<String> aliases) {
            this.aliases = Objects.requireNonNull(aliases, "aliases");
            return this;
        }

        /**
         * Sets the share of each limit that the route's batch prompts keep in reserve for others, 0 to 0.9; default:
         * nothing.
         */
        public Builder leave(double leave) {
            this.leave = leave;
            return this;
        }

        /**
         * Returns the route.
         *
         * @throws IllegalArgumentException if there is no tier or a value is out of range
         */
        public RouteSettings build() {
            return new RouteSettings(this);
        }
    }

    /**
     * Targets that are as good as each other. Immutable.
     *
     * @param targets at least one, without duplicates
     */
    public record Tier(List<TargetSettings> targets) {

        /** Checks that there is a target. */
        public Tier {
            targets = List.copyOf(targets);
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("a tier needs at least one target");
            }
        }
    }

    /**
     * An account together with a model. Immutable.
     *
     * @param account the account's id
     * @param model the service's name of the model
     */
    public record TargetSettings(String account, String model) {

        /** Rejects null. */
        public TargetSettings {
            Objects.requireNonNull(account, "account");
            Objects.requireNonNull(model, "model");
        }
    }
}
