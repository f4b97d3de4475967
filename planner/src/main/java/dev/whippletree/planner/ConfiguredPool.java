package dev.whippletree.planner;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Credit;
import dev.whippletree.planner.AccountGroup.Member;
import dev.whippletree.planner.AccountGroup.Organization;
import dev.whippletree.planner.AccountGroup.Place;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups a configuration's accounts by kind. Confined to one reading. */
final class ConfiguredPool {

    private final Configuration configuration;
    private final RouteSettings route;
    private final List<String> notes = new ArrayList<>();

    private ConfiguredPool(Configuration configuration) {
        this.configuration = configuration;
        this.route = configuration.routes().get(0);
    }

    static AccountPool of(Configuration configuration) {
        return new ConfiguredPool(configuration).pool();
    }

    private AccountPool pool() {
        if (configuration.routes().size() > 1) {
            notes.add("This plan covers only route " + route.name() + ", the first of the configuration.");
        }
        Map<String, List<AccountSettings>> organizations = new LinkedHashMap<>();
        for (AccountSettings account : configuration.accounts()) {
            if (places(account).isEmpty()) {
                notes.add("Account " + account.id() + " is ignored: it isn't on route " + route.name() + ".");
            } else {
                organizations
                        .computeIfAbsent(organizationOf(account), id -> new ArrayList<>())
                        .add(account);
            }
        }
        if (route.leave() > 0) {
            notes.add("Batch prompts of route " + route.name() + " leave " + Phrases.percent(route.leave())
                    + " of each limit to others. This plan is for interactive prompts, which use the whole limit;"
                    + " for batch prompts, add --leave "
                    + Phrases.percent(route.leave()).replace(" ", "") + ".");
        }
        return new AccountPool(
                groups(organizations),
                route.toBuilder().leave(0).build(),
                configuration.engine(),
                !configuration.caches().isEmpty(),
                notes);
    }

    /** The same organization name at two services means two organizations. */
    private static String organizationOf(AccountSettings account) {
        return account.organization()
                .map(name -> account.provider() + "/" + name)
                .orElse(account.id());
    }

    private List<AccountGroup> groups(Map<String, List<AccountSettings>> organizations) {
        Map<AccountGroup, List<Organization>> kinds = new LinkedHashMap<>();
        organizations.forEach((id, accounts) -> kinds.computeIfAbsent(kind(id, accounts), kind -> new ArrayList<>())
                .add(organization(id, accounts)));
        return kinds.entrySet().stream()
                .map(entry -> entry.getKey().withOrganizations(entry.getValue()))
                .toList();
    }

    private static Organization organization(String id, List<AccountSettings> accounts) {
        return new Organization(id, accounts.stream().map(AccountSettings::id).toList());
    }

    private AccountGroup kind(String id, List<AccountSettings> accounts) {
        List<Member> members = accounts.stream().map(this::member).toList();
        Set<DeclaredLimit> limits = new LinkedHashSet<>();
        accounts.forEach(account -> limits.addAll(account.limits()));
        if (limits.isEmpty()) {
            notes.add("Account " + id + " declares no limits; the plan assumes that it has none.");
        }
        return new AccountGroup(
                accounts.get(0).provider(), List.of(), List.copyOf(limits), credit(accounts), members, false);
    }

    /** Accounts of one organization share its credit: whichever states it. */
    private static Optional<Credit> credit(List<AccountSettings> accounts) {
        return accounts.stream().flatMap(account -> account.credit().stream()).findFirst();
    }

    private Member member(AccountSettings account) {
        return new Member(account.weight(), account.maxConcurrency(), account.transit(), places(account));
    }

    private List<Place> places(AccountSettings account) {
        List<Place> places = new ArrayList<>();
        for (int tier = 0; tier < route.tiers().size(); tier++) {
            for (TargetSettings target : route.tiers().get(tier).targets()) {
                if (target.account().equals(account.id())) {
                    places.add(new Place(tier, target.model()));
                }
            }
        }
        return places;
    }
}
