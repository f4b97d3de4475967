package dev.whippletree.engine.pool;

import dev.whippletree.engine.pool.Route.TargetFilter;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot.RemovedAccount;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The running state of the present topology's accounts, scopes, targets and routes. Membership may be read without the
 * lock; state is guarded by it.
 */
public final class Pool {

    private final int defaultConcurrency;
    private final List<Account> gone = new ArrayList<>(0);
    private final TokenForecast forecast = new TokenForecast();
    private volatile Snapshot present;
    private long pastCalls;

    /** What removed accounts without attempts used, by provider and id. Bounded, because ids may be new each day. */
    private final Map<List<String>, RemovedAccount> past = new LinkedHashMap<>();

    /** What those used that are no longer among them, by provider. */
    private final Map<String, RemovedAccount> earlier = new LinkedHashMap<>();

    public Pool(Topology topology, EngineSettings settings, long now) {
        this.defaultConcurrency = settings.maxConcurrency();
        this.present = new PoolSnapshotBuilder(Snapshot.EMPTY, defaultConcurrency, now).build(topology);
    }

    public TokenForecast forecast() {
        return forecast;
    }

    /**
     * Switches to another topology. The lock must be held.
     *
     * @return the removed accounts, on which attempts may still be under way
     * @throws IllegalArgumentException if a route names an account that isn't there; nothing has changed then
     */
    public List<Account> change(Topology topology, long now) {
        Snapshot before = present;
        Snapshot next = new PoolSnapshotBuilder(before, defaultConcurrency, now).build(topology);
        present = next;
        List<Account> leaving = before.accounts().values().stream()
                .filter(account -> next.accounts().get(account.id()) != account)
                .toList();
        forgetIdle();
        gone.addAll(leaving);
        return leaving;
    }

    /**
     * Returns the ids of the accounts whose token another topology replaces; a token that can't be read counts as
     * replaced. Reads tokens, so never call it under the lock.
     */
    public Set<String> retokened(Topology next) {
        Set<String> changed = new HashSet<>();
        for (Topology.OpenAccount open : next.accounts()) {
            Account before = present.accounts().get(open.settings().id());
            if (before != null
                    && !isSame(before.settings().token(), open.settings().token())) {
                changed.add(before.id());
            }
        }
        return changed;
    }

    private static boolean isSame(Optional<Secret> one, Optional<Secret> other) {
        try {
            return one.map(Secret::reveal).equals(other.map(Secret::reveal));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Keeps only the sums of removed accounts without attempts. */
    private void forgetIdle() {
        for (Account account : List.copyOf(gone)) {
            if (account.inFlight() == 0) {
                pastCalls += account.calls();
                addTo(past, account);
                gone.remove(account);
            }
        }
        while (past.size() > RemovedAccount.MOST) {
            RemovedAccount first = past.remove(past.keySet().iterator().next());
            earlier.merge(
                    first.provider(),
                    new RemovedAccount(RemovedAccount.EARLIER, first.provider(), first.tokensByModel()),
                    Pool::sum);
        }
    }

    public Collection<Account> accounts() {
        return present.accounts().values();
    }

    public List<Account> accountsOf(String organization) {
        return accounts().stream()
                .filter(account -> account.organization().scope().organization().equals(organization))
                .toList();
    }

    public Collection<Target> targets() {
        return present.targets().values();
    }

    /** Returns a scope's state, if any account here belongs to it, or did. */
    public Optional<ScopeState> scope(Scope scope) {
        return Optional.ofNullable(present.scopes().get(scope));
    }

    public Collection<ScopeState> scopes() {
        return present.scopes().values();
    }

    /** Returns a use of each limit that several processes count together, to ask what they have left of it. */
    public List<LimitUse> sharedLimits() {
        return scopes().stream()
                .flatMap(scope -> scope.shared().uses(TokenCount.NONE).stream())
                .toList();
    }

    /** Returns what was used here, by how long ago, of the limits that are shared and weren't before. */
    public Map<LimitUse, Map<Duration, Long>> usedOfNewlyShared(Collection<LimitUse> sharedBefore, long now) {
        Set<List<Object>> before = new HashSet<>();
        sharedBefore.forEach(limit -> before.add(List.of(limit.scope(), limit.name())));
        Map<LimitUse, Map<Duration, Long>> used = new HashMap<>();
        for (ScopeState scope : scopes()) {
            used.putAll(scope.shared().used(limit -> !before.contains(List.of(limit.scope(), limit.name())), now));
        }
        return used;
    }

    /** Returns a route by its name, or the default route; empty if there is none of that name. */
    public Optional<Route> route(Optional<String> name) {
        Snapshot snapshot = present;
        return Optional.ofNullable(snapshot.routes().get(name.orElse(snapshot.defaultRoute())));
    }

    /**
     * Returns the route that a prompt names, or the default route.
     *
     * @throws ConfigurationException if it names an unknown route, account or model; says what there is instead
     */
    public Route routeOf(Prompt prompt) {
        Optional<Route> route = route(prompt.route());
        problemOf(prompt, route).ifPresent(problem -> {
            throw new ConfigurationException(List.of(problem));
        });
        return route.orElseThrow();
    }

    private Optional<String> problemOf(Prompt prompt, Optional<Route> route) {
        if (route.isEmpty()) {
            List<String> known =
                    present.routes().values().stream().map(Route::name).sorted().toList();
            return Optional.of("no route is named '" + prompt.route().orElse("") + "'; known: " + known);
        }
        return prompt.account()
                .flatMap(account -> problemOfAccount(account, route.get()))
                .or(() -> prompt.model().flatMap(model -> problemOfModel(model, prompt, route.get())))
                .or(() -> problemOfAllowed(TargetFilter.by(prompt), route.get()));
    }

    private static Optional<String> problemOfAllowed(TargetFilter filter, Route route) {
        return route.targets().stream().anyMatch(filter::has)
                ? Optional.empty()
                : Optional.of("none of the accounts that may answer this prompt is on route '" + route.name() + "'");
    }

    private Optional<String> problemOfAccount(String account, Route route) {
        if (!present.accounts().containsKey(account)) {
            List<String> known = accounts().stream().map(Account::id).toList();
            return Optional.of("no account is named '" + account + "'; known: " + known);
        }
        boolean onRoute = route.targets().stream()
                .anyMatch(target -> target.account().id().equals(account));
        return onRoute
                ? Optional.empty()
                : Optional.of("account '" + account + "' is not on route '" + route.name() + "'");
    }

    private static Optional<String> problemOfModel(String model, Prompt prompt, Route route) {
        Optional<String> account = prompt.account();
        List<String> known = route.targets().stream()
                .filter(target -> account.isEmpty()
                        || account.get().equals(target.account().id()))
                .map(Target::model)
                .distinct()
                .toList();
        String whose = account.map(id -> " for account '" + id + "'").orElse("");
        return known.contains(model)
                ? Optional.empty()
                : Optional.of("model '" + model + "' is not on route '" + route.name() + "'" + whose + "; there are "
                        + known);
    }

    /** Returns the attempts under way, including those on removed accounts. */
    public int inFlight() {
        return accounts().stream().mapToInt(Account::inFlight).sum()
                + gone.stream().mapToInt(Account::inFlight).sum();
    }

    /** Returns all calls since the start, including those of removed accounts. */
    public long calls() {
        return pastCalls
                + accounts().stream().mapToLong(Account::calls).sum()
                + gone.stream().mapToLong(Account::calls).sum();
    }

    /** Returns all tokens since the start, including those of removed accounts. */
    public TokenUsage tokens() {
        return Stream.concat(
                        accounts().stream().map(Account::tokens),
                        removed().stream().flatMap(account -> account.tokensByModel().values().stream()))
                .reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** Returns what removed accounts used. */
    public List<RemovedAccount> removed() {
        Map<List<String>, RemovedAccount> all = new LinkedHashMap<>(past);
        gone.forEach(account -> addTo(all, account));
        return Stream.concat(all.values().stream(), earlier.values().stream()).toList();
    }

    private static void addTo(Map<List<String>, RemovedAccount> sums, Account account) {
        String provider = account.settings().provider();
        RemovedAccount used = new RemovedAccount(account.id(), provider, account.tokensByModel());
        if (!used.tokensByModel().isEmpty()) {
            sums.merge(List.of(provider, account.id()), used, Pool::sum);
        }
    }

    private static RemovedAccount sum(RemovedAccount one, RemovedAccount other) {
        Map<String, TokenUsage> tokens = new HashMap<>(one.tokensByModel());
        other.tokensByModel().forEach((model, used) -> tokens.merge(model, used, TokenUsage::plus));
        return new RemovedAccount(one.id(), one.provider(), tokens);
    }

    /**
     * The accounts, scopes, targets and routes of one configuration. Immutable; the engine's lock guards what is in
     * them.
     *
     * @param scopes the scopes of limits and closures, including former ones, which are still counted
     * @param defaultRoute the name of the route of prompts that name none
     */
    record Snapshot(
            Map<Scope, ScopeState> scopes,
            Map<String, Account> accounts,
            Map<String, Target> targets,
            Map<String, Route> routes,
            String defaultRoute) {

        static final Snapshot EMPTY = new Snapshot(Map.of(), Map.of(), Map.of(), Map.of(), "");

        Snapshot {
            scopes = Collections.unmodifiableMap(new LinkedHashMap<>(scopes));
            accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
            targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
            routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
        }
    }

    /**
     * What has changed since the last pass through the waiting line, so that only prompts that may have become ready
     * are checked again. Immutable.
     *
     * @param everything whether any target may have become ready
     * @param organization whose targets may have become ready; null if none in particular
     */
    public record DispatchTrigger(
            boolean everything, @Nullable ScopeState organization) {

        /** Anything may have changed, such as the time. */
        public static final DispatchTrigger ANYTHING = new DispatchTrigger(true, null);

        /** Only the line has changed. */
        public static final DispatchTrigger OF_THE_LINE = new DispatchTrigger(false, null);

        /** Something has changed on a target, such as an attempt's end or a report: it concerns its organization. */
        public static DispatchTrigger of(Target target) {
            return new DispatchTrigger(false, target.organization());
        }

        public boolean concerns(Target target) {
            return everything || target.organization() == organization;
        }
    }
}
