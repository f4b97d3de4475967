package dev.whippletree.planner;

import dev.whippletree.model.Secret;
import dev.whippletree.planner.AccountGroup.Member;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One account of a pool, with all that is said of it. Immutable.
 *
 * @param group its kind
 * @param organization whose limits it shares
 * @param id its own id
 * @param member what is its own
 */
record Seat(AccountGroup group, String organization, String id, Member member) {

    /** Returns all accounts of a pool, in order. */
    static List<Seat> of(AccountPool pool) {
        List<Seat> seats = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            for (AccountGroup.Organization organization : group.organizations()) {
                for (int i = 0; i < group.members().size(); i++) {
                    String id = organization.accounts().get(i);
                    seats.add(new Seat(
                            group, organization.id(), id, group.members().get(i)));
                }
            }
        }
        return seats;
    }

    /** Returns the credential by which the service knows the account; it opens nothing but the simulation. */
    String token() {
        return "simulated-token-of-" + id;
    }

    /**
     * Returns the account as an engine is configured with it.
     *
     * @param provider the name of the provider that leads to the simulated service
     * @param limits what of the organization's limits this engine may use
     */
    AccountSettings settings(String provider, List<DeclaredLimit> limits) {
        return new AccountSettings(
                id,
                provider,
                Optional.of(Secret.of(token())),
                Optional.of(organization),
                member.weight(),
                member.maxConcurrency(),
                member.transit(),
                limits,
                new Settings("account " + id, Map.of(PlannedProvider.SERVICE, group.service())));
    }
}
