package dev.whippletree.engine.pool;

import dev.whippletree.engine.pool.Pool.Snapshot;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Builds the snapshot of a topology. It keeps from the earlier one each account with the same client, with its targets,
 * and each scope and route of the same name, and each former scope of which something still counts. Guarded by the
 * engine's lock; used once.
 */
final class PoolSnapshotBuilder {

    private final Snapshot earlier;
    private final int defaultConcurrency;
    private final long now;
    private final Map<Scope, ScopeState> scopes;
    private final Set<Scope> present = new HashSet<>();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<Target.TokenizerKey, Target.TokenizerKey> kinds = new HashMap<>();
    private final Set<Move> moves = new HashSet<>();

    /** A move of accounts: what was used of one scope counts for the other too. */
    private record Move(ScopeState from, ScopeState to) {}

    PoolSnapshotBuilder(Snapshot earlier, int defaultConcurrency, long now) {
        this.earlier = earlier;
        this.defaultConcurrency = defaultConcurrency;
        this.now = now;
        this.scopes = new LinkedHashMap<>(earlier.scopes());
        earlier.targets().values().forEach(target -> kinds.put(target.kind(), target.kind()));
    }

    /**
     * Returns the snapshot of a topology.
     *
     * @throws IllegalArgumentException if a route names an account that isn't there; nothing has changed then
     */
    Snapshot build(Topology topology) {
        check(topology);
        declareLimits(topology.accounts());
        topology.accounts().forEach(this::add);
        topology.routes().values().forEach(this::add);
        models().forEach((organization, ofIt) -> organization
                .limits()
                .useFor(ofIt.size() == 1 ? ofIt.iterator().next().limits() : null, now));
        scopes.values().removeIf(scope -> !present.contains(scope.scope()) && scope.isUnused(now));
        return new Snapshot(scopes, accounts, targets, routes, topology.defaultRoute());
    }

    /** Returns the models of each organization that has targets. */
    private Map<ScopeState, Set<ScopeState>> models() {
        Map<ScopeState, Set<ScopeState>> models = new LinkedHashMap<>();
        targets.values()
                .forEach(target -> models.computeIfAbsent(target.organization(), none -> new HashSet<>())
                        .add(target.modelScope()));
        return models;
    }

    private static void check(Topology topology) {
        Set<String> ids = new HashSet<>();
        topology.accounts().forEach(open -> ids.add(open.settings().id()));
        topology.routes().values().stream()
                .flatMap(open -> open.settings().tiers().stream())
                .flatMap(tier -> tier.targets().stream())
                .filter(target -> !ids.contains(target.account()))
                .forEach(target -> {
                    throw new IllegalArgumentException(
                            "a route names account '" + target.account() + "', which isn't there");
                });
    }

    /** A limit belongs to a scope, whichever of its accounts states it. */
    private void declareLimits(List<Topology.OpenAccount> open) {
        Map<Scope, List<Limit>> limits = new LinkedHashMap<>();
        for (Topology.OpenAccount account : open) {
            String organization = organization(account.settings());
            for (DeclaredLimit declared : account.settings().limits()) {
                limits.computeIfAbsent(new Scope(organization, declared.model()), scope -> new ArrayList<>())
                        .add(declared.limit());
            }
            limits.computeIfAbsent(Scope.of(organization), scope -> new ArrayList<>());
        }
        Set<String> organizations = new HashSet<>();
        limits.keySet().forEach(scope -> organizations.add(scope.organization()));
        earlier.scopes().forEach((scope, state) -> {
            if (organizations.contains(scope.organization()) && !limits.containsKey(scope)) {
                state.limits().declare(List.of(), now);
            }
        });
        limits.forEach((scope, declared) -> stateOf(scope).limits().declare(declared, now));
    }

    /** An account without an organization is one of its own, and different providers never share one. */
    private static String organization(AccountSettings account) {
        return account.provider() + "/" + account.organization().orElse("account " + account.id());
    }

    private void add(Topology.OpenAccount open) {
        ScopeState organization = stateOf(Scope.of(organization(open.settings())));
        Account account = earlier.accounts().get(open.settings().id());
        if (account != null && account.client() == open.client()) {
            move(account.organization(), organization);
            account.change(open.settings(), organization, defaultConcurrency);
        } else {
            account = new Account(open, organization, defaultConcurrency);
        }
        accounts.put(account.id(), account);
    }

    private void move(ScopeState from, ScopeState to) {
        if (from != to && moves.add(new Move(from, to))) {
            to.limits().takeOver(from.limits(), now);
        }
    }

    private void add(Topology.OpenRoute open) {
        RouteSettings settings = open.settings();
        List<List<Target>> tiers = new ArrayList<>();
        for (RouteSettings.Tier tier : settings.tiers()) {
            tiers.add(tier.targets().stream().map(this::target).toList());
        }
        Route before = earlier.routes().get(settings.name());
        routes.put(
                settings.name(),
                before == null
                        ? new Route(settings, tiers, open.pickers(), now)
                        : before.changed(settings, tiers, open.pickers(), now));
    }

    private Target target(RouteSettings.TargetSettings settings) {
        return targets.computeIfAbsent(settings.account() + "/" + settings.model(), id -> target(id, settings));
    }

    private Target target(String id, RouteSettings.TargetSettings settings) {
        Account account = Objects.requireNonNull(accounts.get(settings.account()), "checked before");
        String organization = account.organization().scope().organization();
        ScopeState modelScope = stateOf(Scope.of(organization, settings.model()));
        Target before = earlier.targets().get(id);
        if (before == null || before.account() != account) {
            return new Target(account, settings.model(), modelScope, kind(account, settings.model()));
        }
        before.health().limitTo(account.maxConcurrency());
        if (before.modelScope() == modelScope) {
            return before;
        }
        move(before.modelScope(), modelScope);
        return before.moved(modelScope);
    }

    /** Returns one object for each kind, because kinds are compared for every target and prompt. */
    private Target.TokenizerKey kind(Account account, String model) {
        return kinds.computeIfAbsent(Target.TokenizerKey.of(account.settings(), model), Function.identity());
    }

    private ScopeState stateOf(Scope scope) {
        present.add(scope);
        return scopes.computeIfAbsent(scope, ScopeState::new);
    }
}
