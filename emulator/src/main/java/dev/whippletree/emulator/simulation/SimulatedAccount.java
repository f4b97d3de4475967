package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An account of a {@link SimulatedPool}: its limits at the service, and what the engine knows of it. Immutable.
 *
 * @param id unique in the pool; determines the account's token
 * @param service its service
 * @param organization the organization whose limits and credit it shares; its own id if it shares with none
 * @param limits the service's limits for its organization; limits of accounts of one organization are combined
 * @param declared whether the engine knows these limits, or has to learn them
 * @param models its models, at least one
 * @param tier its tier of the default route; 0 is the preferred one
 * @param weight its share of the load against others of the tier, 1 or more
 * @param maxConcurrency attempts at once; absent: the engine's default
 * @param transit the longest transit of a request, as declared to the engine; absent: not declared
 * @param scoped whether the engine is told if limits are each model's or all models'
 */
public record SimulatedAccount(
        String id,
        ServiceKind service,
        String organization,
        List<ServiceLimit> limits,
        boolean declared,
        List<String> models,
        int tier,
        int weight,
        OptionalInt maxConcurrency,
        Optional<Duration> transit,
        boolean scoped) {

    /** The model of accounts that state none. */
    public static final String MODEL = "model";

    public SimulatedAccount {
        limits = List.copyOf(limits);
        models = List.copyOf(models);
        if (models.isEmpty() || tier < 0) {
            throw new IllegalArgumentException(
                    "simulated account " + id + ": a model and a tier of 0 or more are needed");
        }
    }

    /** Returns an account whose limits are declared, an organization of its own, in the preferred tier. */
    public static SimulatedAccount of(String id, ServiceKind service, ServiceLimit... limits) {
        return new SimulatedAccount(
                id,
                service,
                id,
                List.of(limits),
                true,
                List.of(MODEL),
                0,
                1,
                OptionalInt.empty(),
                Optional.empty(),
                false);
    }

    public SimulatedAccount ofOrganization(String organization) {
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, transit, scoped);
    }

    public SimulatedAccount undeclared() {
        return new SimulatedAccount(
                id, service, organization, limits, false, models, tier, weight, maxConcurrency, transit, scoped);
    }

    public SimulatedAccount withModels(List<String> models) {
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, transit, scoped);
    }

    public SimulatedAccount inTier(int tier) {
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, transit, scoped);
    }

    public SimulatedAccount withWeight(int weight) {
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, transit, scoped);
    }

    public SimulatedAccount withMaxConcurrency(int maxConcurrency) {
        OptionalInt most = OptionalInt.of(maxConcurrency);
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, most, transit, scoped);
    }

    public SimulatedAccount withTransit(Duration transit) {
        Optional<Duration> longest = Optional.of(transit);
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, longest, scoped);
    }

    public SimulatedAccount withLimitScope() {
        return new SimulatedAccount(
                id, service, organization, limits, declared, models, tier, weight, maxConcurrency, transit, true);
    }

    /** Returns the credential by which its service knows it; it opens nothing but the simulation. */
    String token() {
        return "simulated-token-of-" + id;
    }
}
