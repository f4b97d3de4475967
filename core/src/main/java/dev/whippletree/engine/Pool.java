package dev.whippletree.engine;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The accounts, scopes, targets and routes of a topology, at work. Guarded by the engine's lock. */
final class Pool {

    private final Map<Scope, ScopeState> scopes = new LinkedHashMap<>();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<Target.Kind, Target.Kind> kinds = new HashMap<>();
    private final String defaultRoute;

    Pool(Topology topology, EngineSettings settings, long now) {
        topology.accounts().forEach(open -> add(open, settings));
        topology.routes().values().forEach(open -> add(open, now));
        this.defaultRoute = topology.defaultRoute();
    }

    private void add(Topology.OpenAccount open, EngineSettings settings) {
        AccountSettings account = open.settings();
        String organization = organization(account);
        for (DeclaredLimit declared : account.limits()) {
            stateOf(new Scope(organization, declared.model())).declare(declared.limit());
        }
        accounts.put(account.id(), new Account(open, stateOf(Scope.of(organization)), settings.maxConcurrency()));
    }

    /** An account that states no organization is one of its own, and no other provider's organization is ever the same. */
    private static String organization(AccountSettings account) {
        return account.provider() + "/" + account.organization().orElse("account " + account.id());
    }

    private void add(Topology.OpenRoute open, long now) {
        List<List<Target>> tiers = new ArrayList<>();
        for (RouteSettings.Tier tier : open.settings().tiers()) {
            tiers.add(tier.targets().stream().map(this::target).toList());
        }
        routes.put(open.settings().name(), new Route(open.settings(), tiers, open.pickers(), now));
    }

    private Target target(RouteSettings.TargetSettings settings) {
        Account account = accounts.get(settings.account());
        if (account == null) {
            throw new IllegalArgumentException("a route names account '" + settings.account() + "', which isn't there");
        }
        String organization = account.organization().scope().organization();
        return targets.computeIfAbsent(
                account.id() + "/" + settings.model(),
                id -> new Target(
                        account,
                        settings.model(),
                        stateOf(Scope.of(organization, settings.model())),
                        kind(account, settings.model())));
    }

    /** Returns the one object for each kind, since equal ones are compared for every target and prompt. */
    private Target.Kind kind(Account account, String model) {
        return kinds.computeIfAbsent(Target.Kind.of(account.settings(), model), Function.identity());
    }

    private ScopeState stateOf(Scope scope) {
        return scopes.computeIfAbsent(scope, ScopeState::new);
    }

    Collection<Account> accounts() {
        return accounts.values();
    }

    /** Returns the accounts of an organization; none if nothing here is of it. */
    List<Account> accountsOf(String organization) {
        return accounts.values().stream()
                .filter(account -> account.organization().scope().organization().equals(organization))
                .toList();
    }

    boolean hasAccount(String id) {
        return accounts.containsKey(id);
    }

    Collection<Target> targets() {
        return targets.values();
    }

    /** Returns a scope's state, if anything here is of that scope. */
    Optional<ScopeState> scope(Scope scope) {
        return Optional.ofNullable(scopes.get(scope));
    }

    Collection<ScopeState> scopes() {
        return scopes.values();
    }

    Collection<Route> routes() {
        return routes.values();
    }

    /** Returns a route by its name, or the default one; empty if there is none of that name. */
    Optional<Route> route(Optional<String> name) {
        return Optional.ofNullable(routes.get(name.orElse(defaultRoute)));
    }
}
