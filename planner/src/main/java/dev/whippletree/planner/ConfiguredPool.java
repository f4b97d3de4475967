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

/** Groups the accounts of a configuration's route by kind. Confined to one reading. */
final class ConfiguredPool {

    private final Configuration configuration;
    private final RouteSettings route;
    private final List<String> notes = new ArrayList<>();

    private ConfiguredPool(Configuration configuration, RouteSettings route) {
        this.configuration = configuration;
        this.route = route;
    }

    static AccountPool of(Configuration configuration) {
        RouteSettings first = configuration.routes().get(0);
        ConfiguredPool reading = new ConfiguredPool(configuration, first);
        AccountPool pool = reading.pool();
        if (first.leave() == 0) {
            return pool;
        }
        String share = Phrases.percent(first.leave());
        reading.notes.add("Batch prompts of route " + first.name() + " leave " + share
                + " of each limit to others. This plan is for interactive prompts, which use the whole limit;"
                + " for batch prompts, add --leave " + share.replace(" ", "") + ".");
        return reading.pool(pool.groups()).withReserve(0);
    }

    static AccountPool ofBatch(Configuration configuration, RouteSettings route) {
        return new ConfiguredPool(configuration, route).pool();
    }

    private AccountPool pool() {
        if (configuration.routes().size() > 1) {
            boolean first = configuration.routes().get(0).name().equals(route.name());
            notes.add("This plan covers only route " + route.name()
                    + (first ? ", the first of the configuration." : "."));
        }
        Map<String, List<AccountSettings>> organizations = new LinkedHashMap<>();
        for (AccountSettings account : configuration.accounts()) {
            if (places(account).isEmpty()) {
                notes.add("Account " + account.id() + " is ignored: route " + route.name()
                        + " sends it none of these prompts.");
            } else {
                organizations
                        .computeIfAbsent(organizationOf(account), id -> new ArrayList<>())
                        .add(account);
            }
        }
        return pool(groups(organizations));
    }

    private AccountPool pool(List<AccountGroup> groups) {
        return new AccountPool(
                groups, route, configuration.engine(), !configuration.caches().isEmpty(), notes);
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
        List<AccountSettings> all = configuration.accounts().stream()
                .filter(account -> organizationOf(account).equals(id))
                .toList();
        Set<DeclaredLimit> limits = new LinkedHashSet<>();
        all.forEach(account -> limits.addAll(account.limits()));
        if (limits.isEmpty()) {
            notes.add("Account " + id + " declares no limits; the plan assumes that it has none.");
        }
        return new AccountGroup(
                accounts.get(0).provider(), List.of(), List.copyOf(limits), credit(all), members, false);
    }

    /** Accounts of one organization share its credit: whichever states it, and whether or not it is on the route. */
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
