package dev.whippletree.settings;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A route as it was configured: a name that callers use for a model, and where its prompts may go. Immutable.
 *
 * @param name what callers call it
 * @param tiers targets that are as good as each other, the preferred tier first; at least one
 * @param strategy the name of the balancing strategy
 * @param strategySettings the strategy's own settings
 * @param patience how long a prompt waits for a tier, by the times that are known, before the next is eligible too
 * @param deadline how long callers wait that don't say; absent: as long as it takes
 * @param maxTokens the bound on a completion whose prompt has none
 * @param ttl how long answers may be stored; absent: not at all
 * @param retries how failed attempts are made again
 * @param timeouts how long an attempt may be silent
 */
public record RouteSettings(
        String name,
        List<Tier> tiers,
        String strategy,
        Settings strategySettings,
        Duration patience,
        Optional<Duration> deadline,
        int maxTokens,
        Optional<Duration> ttl,
        Retries retries,
        Timeouts timeouts) {

    /** The strategy of routes that name none. */
    public static final String DEFAULT_STRATEGY = "round-robin";

    /** The patience of routes that state none. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(3);

    /** The bound on completions where neither prompt nor route states one. */
    public static final int DEFAULT_MAX_TOKENS = 1024;

    /** How long answers are stored where nothing else is said. */
    public static final Duration DEFAULT_TTL = Duration.ofDays(1);

    /** Checks ranges and copies what is mutable. */
    public RouteSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(strategySettings, "strategySettings");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(retries, "retries");
        Objects.requireNonNull(timeouts, "timeouts");
        tiers = List.copyOf(tiers);
        if (tiers.isEmpty()) {
            throw new IllegalArgumentException("route " + name + ": at least one tier is needed");
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("route " + name + ": patience can't be negative");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("route " + name + ": max-tokens is 1 or more, not " + maxTokens);
        }
    }

    /** Returns a route of these tiers with every default. */
    public static RouteSettings of(String name, List<Tier> tiers) {
        return new RouteSettings(
                name,
                tiers,
                DEFAULT_STRATEGY,
                Settings.none("route " + name),
                DEFAULT_PATIENCE,
                Optional.empty(),
                DEFAULT_MAX_TOKENS,
                Optional.of(DEFAULT_TTL),
                Retries.DEFAULT,
                Timeouts.DEFAULT);
    }

    /** Returns the same route to other targets. */
    public RouteSettings withTiers(List<Tier> tiers) {
        return new RouteSettings(
                name, tiers, strategy, strategySettings, patience, deadline, maxTokens, ttl, retries, timeouts);
    }

    /** Returns the same route with other timeouts. */
    public RouteSettings withTimeouts(Timeouts timeouts) {
        return new RouteSettings(
                name, tiers, strategy, strategySettings, patience, deadline, maxTokens, ttl, retries, timeouts);
    }

    /**
     * Targets that are as good as each other. Immutable.
     *
     * @param targets at least one, no two alike
     */
    public record Tier(List<TargetSettings> targets) {

        /** Checks that there is a target. */
        public Tier {
            targets = List.copyOf(targets);
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("a tier has at least one target");
            }
        }
    }

    /**
     * An account together with a model. Immutable.
     *
     * @param account the account's id
     * @param model the service's own name of the model
     */
    public record TargetSettings(String account, String model) {

        /** Checks that nothing is null. */
        public TargetSettings {
            Objects.requireNonNull(account, "account");
            Objects.requireNonNull(model, "model");
        }
    }
}
