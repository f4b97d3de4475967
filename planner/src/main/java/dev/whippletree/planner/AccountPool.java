package dev.whippletree.planner;

import dev.whippletree.config.Configuration;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.planner.AccountGroup.Organization;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The accounts of a plan, and the route that prompts take to them. Immutable.
 *
 * @param groups the kinds of accounts
 * @param route the route of the prompts; only the number of its tiers counts, because each account knows its own tiers.
 *     If the route keeps a reserve, the prompts are planned as batch prompts
 * @param engine the engine's settings
 * @param cached whether answers are stored; otherwise only equal prompts that wait or are in flight together share a
 *     call
 * @param notes sentences on what was assumed or ignored
 */
public record AccountPool(
        List<AccountGroup> groups, RouteSettings route, EngineSettings engine, boolean cached, List<String> notes) {

    public AccountPool {
        groups = List.copyOf(groups);
        notes = List.copyOf(notes);
    }

    /**
     * Reads accounts as people write them: groups by comma; of each its service, how many, and its limits and its
     * credit by plus signs. All are in one tier and asked for the default model.
     *
     * <p>For example {@code huggingface:2x1000/h,groq:1x30/min+1000/d+8000tok/min+200000tok/d} or
     * {@code huggingface:2x1000/h+0.10usd/month}.
     *
     * @throws IllegalArgumentException if it isn't of that form, saying where and what to write instead
     */
    public static AccountPool parse(String text) {
        return AccountsText.read(text, Configuration.DEFAULT_MODEL);
    }

    /**
     * Reads accounts as {@link #parse(String)} does, asked for another model.
     *
     * @throws IllegalArgumentException if it isn't of that form, saying where and what to write instead
     */
    public static AccountPool parse(String text, String model) {
        return AccountsText.read(text, model);
    }

    /**
     * Returns the accounts of a configuration's default route: their limits, organizations, weights, tiers and models,
     * the route's strategy, patience and deadline, and whether there is a cache. Accounts elsewhere are left aside,
     * which a note says.
     */
    public static AccountPool of(Configuration configuration) {
        return ConfiguredPool.of(configuration);
    }

    /**
     * Returns the accounts of a configuration's route for batch prompts, which leave to others what the route says.
     *
     * @param route one of the configuration's, maybe with some of its targets only
     */
    public static AccountPool ofBatch(Configuration configuration, RouteSettings route) {
        return ConfiguredPool.ofBatch(configuration, route);
    }

    /** Returns whether a limit counts the most that an answer may have, when its prompt arrives. */
    boolean countsMaximum() {
        return groups.stream()
                .anyMatch(group -> group.limitsTokens() && CountedLimit.kind(group.service()) == ServiceKind.GROQ);
    }

    /**
     * Returns the same pool for batch prompts that leave a share of each limit to others, 0 to
     * {@link RouteSettings#MOST_LEAVE}.
     */
    public AccountPool withReserve(double share) {
        return withRoute(route.toBuilder().leave(share).build());
    }

    public AccountPool withRoute(RouteSettings other) {
        return new AccountPool(groups, other, engine, cached, notes);
    }

    private AccountPool withGroups(List<AccountGroup> others) {
        return new AccountPool(others, route, engine, cached, notes);
    }

    /** Returns the same pool with limits that refill bit by bit, as far as their services may do so. */
    AccountPool refilling() {
        return withGroups(groups.stream().map(AccountGroup::refilling).toList());
    }

    /**
     * Returns the same pool with so many organizations of one kind, 0 or more: the first ones, and new ones if more are
     * wanted.
     */
    AccountPool withCount(int group, int count) {
        AccountGroup kind = groups.get(group);
        List<Organization> wanted = new ArrayList<>(kind.organizations().subList(0, Math.min(count, kind.count())));
        Set<String> taken = ids();
        for (int number = 1; wanted.size() < count; number++) {
            Organization another = kind.another("new-" + (group + 1) + "-" + kind.service() + "-" + number);
            if (!taken.contains(another.id()) && Collections.disjoint(taken, another.accounts())) {
                wanted.add(another);
            }
        }
        List<AccountGroup> changed = new ArrayList<>(groups);
        changed.set(group, kind.withOrganizations(wanted));
        return withGroups(changed);
    }

    private Set<String> ids() {
        Set<String> ids = new HashSet<>();
        for (AccountGroup group : groups) {
            for (Organization organization : group.organizations()) {
                ids.add(organization.id());
                ids.addAll(organization.accounts());
            }
        }
        return ids;
    }

    public int count() {
        return groups.stream().mapToInt(AccountGroup::count).sum();
    }
}
