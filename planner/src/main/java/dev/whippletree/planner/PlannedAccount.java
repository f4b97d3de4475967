package dev.whippletree.planner;

import dev.whippletree.planner.AccountGroup.Member;
import dev.whippletree.spi.AccountSettings;
import java.util.ArrayList;
import java.util.List;

/** One account of a pool, with its group and organization. Immutable. */
record PlannedAccount(AccountGroup group, String organization, String id, Member member) {

    /** An account and a model that it is asked for. */
    record Target(String account, String model) {}

    static List<PlannedAccount> of(AccountPool pool) {
        List<PlannedAccount> plannedAccounts = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            for (AccountGroup.Organization organization : group.organizations()) {
                for (int i = 0; i < group.members().size(); i++) {
                    String id = organization.accounts().get(i);
                    plannedAccounts.add(new PlannedAccount(
                            group, organization.id(), id, group.members().get(i)));
                }
            }
        }
        return plannedAccounts;
    }

    List<Target> targets() {
        return member.places().stream()
                .map(place -> new Target(id, place.model()))
                .distinct()
                .toList();
    }

    /** Returns the credential by which the service knows the account; it opens nothing but the simulation. */
    String token() {
        return "simulated-token-of-" + id;
    }

    /** Returns the account as an engine is configured with it. */
    AccountSettings settings(String provider) {
        AccountSettings.Builder builder = AccountSettings.builder(id, provider)
                .token(token())
                .organization(organization)
                .weight(member.weight())
                .limits(group.limits())
                .setting(PlannedProvider.SERVICE, group.service());
        member.maxConcurrency().ifPresent(builder::maxConcurrency);
        member.transit().ifPresent(builder::transit);
        return builder.build();
    }
}
