package dev.whippletree.config;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The changes that a reload has applied, and those that need a restart. Immutable.
 *
 * @param accounts the changes of accounts, by id
 * @param routes the changes of routes, by name
 * @param clients the changes of the gateway's clients, by name
 * @param weights the tenants whose weights have changed, in order
 * @param defaultRoute the name of the new default route, if it has changed
 * @param needsRestart changes that need a restart, a sentence each, beginning with the key
 */
public record Reloaded(
        Changes accounts,
        Changes routes,
        Changes clients,
        List<String> weights,
        Optional<String> defaultRoute,
        List<String> needsRestart) {

    /** Copies the list. */
    public Reloaded {
        Objects.requireNonNull(accounts, "accounts");
        Objects.requireNonNull(routes, "routes");
        Objects.requireNonNull(clients, "clients");
        Objects.requireNonNull(defaultRoute, "defaultRoute");
        weights = List.copyOf(weights);
        needsRestart = List.copyOf(needsRestart);
    }

    /**
     * The changes of named things. Immutable.
     *
     * @param added names of the new ones, in order
     * @param removed names of the removed ones, in order
     * @param changed the changed keys of the others, as written in a file, by name
     */
    public record Changes(List<String> added, List<String> removed, Map<String, List<String>> changed) {

        /** Copies mutable values. */
        public Changes {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
            changed = Map.copyOf(changed);
        }

        static <T> Changes between(
                List<T> before, List<T> after, Function<T, String> name, BiFunction<T, T, List<String>> differences) {
            Map<String, T> earlier = byName(before, name);
            Map<String, T> later = byName(after, name);
            Map<String, List<String>> changed = new LinkedHashMap<>();
            later.forEach((id, present) -> Optional.ofNullable(earlier.get(id))
                    .map(past -> differences.apply(past, present))
                    .filter(keys -> !keys.isEmpty())
                    .ifPresent(keys -> changed.put(id, keys)));
            return new Changes(missing(later, earlier), missing(earlier, later), changed);
        }

        private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
            Map<String, T> map = new LinkedHashMap<>();
            all.forEach(one -> map.put(name.apply(one), one));
            return map;
        }

        private static List<String> missing(Map<String, ?> all, Map<String, ?> in) {
            return all.keySet().stream().filter(name -> !in.containsKey(name)).toList();
        }

        private Stream<String> lines(String noun) {
            Stream<String> news = added.stream().map(name -> noun + " " + name + ": added");
            Stream<String> gone = removed.stream().map(name -> noun + " " + name + ": removed");
            Stream<String> others = changed.entrySet().stream()
                    .map(entry -> noun + " " + entry.getKey() + ": changed: " + String.join(", ", entry.getValue()))
                    .sorted();
            return Stream.of(news, gone, others).flatMap(Function.identity());
        }
    }

    /**
     * Returns the changes of a reload. Reads accounts' tokens and clients' keys.
     */
    public static Reloaded between(Configuration before, Configuration after) {
        String first = after.routes().get(0).name();
        return new Reloaded(
                Changes.between(before.accounts(), after.accounts(), AccountSettings::id, Reloaded::differences),
                Changes.between(before.routes(), after.routes(), RouteSettings::name, Reloaded::differences),
                Changes.between(clients(before), clients(after), GatewaySettings.Client::name, Reloaded::differences),
                reweighed(before.weights(), after.weights()),
                Optional.of(first)
                        .filter(name -> !name.equals(before.routes().get(0).name())),
                needsRestart(before, after));
    }

    /** Returns the same with one more key that takes effect only after a restart. */
    public Reloaded withRestartFor(String key) {
        List<String> all = new ArrayList<>(needsRestart);
        all.add(restart(key));
        return new Reloaded(accounts, routes, clients, weights, defaultRoute, all);
    }

    /** Returns the applied changes, a line each. */
    public List<String> lines() {
        Stream<String> named = Stream.concat(accounts.lines("account"), routes.lines("route"));
        Stream<String> first = defaultRoute.stream().map(name -> "route " + name + ": is now the default");
        Stream<String> weighed = weights.stream().map(tenant -> "tenant " + tenant + ": changed: weight");
        return Stream.of(named, first, clients.lines("client"), weighed)
                .flatMap(Function.identity())
                .toList();
    }

    private static List<String> reweighed(TenantWeights before, TenantWeights after) {
        return Stream.concat(before.byTenant().keySet().stream(), after.byTenant().keySet().stream())
                .distinct()
                .filter(tenant -> before.of(tenant) != after.of(tenant))
                .sorted()
                .toList();
    }

    private static List<GatewaySettings.Client> clients(Configuration configuration) {
        return configuration.gateway().map(GatewaySettings::clients).orElse(List.of());
    }

    private static List<String> differences(GatewaySettings.Client before, GatewaySettings.Client after) {
        Differences<GatewaySettings.Client> differences = new Differences<>(before, after);
        differences.compare("key", client -> token(Optional.of(client.key())));
        differences.compare("limits", GatewaySettings.Client::limits);
        differences.compare("accounts", GatewaySettings.Client::accounts);
        differences.compare("routes", GatewaySettings.Client::routes);
        differences.compare("keep-alive", GatewaySettings.Client::keepAlive);
        return differences.keys();
    }

    private static List<String> differences(AccountSettings before, AccountSettings after) {
        Differences<AccountSettings> differences = new Differences<>(before, after);
        differences.compare("provider", AccountSettings::provider);
        differences.compare("token", account -> token(account.token()));
        differences.compare("organization", AccountSettings::organization);
        differences.compare("weight", AccountSettings::weight);
        differences.compare("max-concurrency", AccountSettings::maxConcurrency);
        differences.compare("transit", AccountSettings::transit);
        differences.compare("limits", AccountSettings::limits);
        differences.compare("limit-scope", AccountSettings::limitScope);
        differences.compare("credit", AccountSettings::credit);
        Stream.concat(before.settings().values().keySet().stream(), after.settings().values().keySet().stream())
                .distinct()
                .sorted()
                .forEach(key ->
                        differences.compare(key, account -> account.settings().text(key)));
        return differences.keys();
    }

    /** Returns a token to compare; one that can't be read equals no other. */
    private static Object token(Optional<Secret> token) {
        try {
            return token.map(Secret::reveal);
        } catch (RuntimeException e) {
            return new Object();
        }
    }

    private static List<String> differences(RouteSettings before, RouteSettings after) {
        Differences<RouteSettings> differences = new Differences<>(before, after);
        differences.compare("tiers", RouteSettings::tiers);
        differences.compare(
                "strategy",
                route -> List.of(route.strategy(), route.strategySettings().values()));
        differences.compare("patience", RouteSettings::patience);
        differences.compare("deadline", RouteSettings::deadline);
        differences.compare("max-tokens", RouteSettings::maxTokens);
        differences.compare("ttl", RouteSettings::ttl);
        differences.compare("retries", RouteSettings::retries);
        differences.compare("timeouts", RouteSettings::timeouts);
        differences.compare("aliases", RouteSettings::aliases);
        differences.compare("leave", RouteSettings::leave);
        return differences.keys();
    }

    private static List<String> needsRestart(Configuration before, Configuration after) {
        Differences<Configuration> differences = new Differences<>(before, after);
        differences.compare(
                "caches",
                configuration ->
                        configuration.caches().stream().map(Reloaded::written).toList());
        differences.compare(
                "coordinator", configuration -> configuration.coordinator().map(Reloaded::written));
        differences.compare("line-size", configuration -> configuration.engine().lineSize());
        differences.compare(
                "tenant-line-size", configuration -> configuration.engine().tenantLineSize());
        differences.compare(
                "batch-share", configuration -> configuration.engine().batchShare());
        differences.compare(
                "max-concurrency", configuration -> configuration.engine().maxConcurrency());
        differences.compare(
                "cache-timeout", configuration -> configuration.engine().cacheTimeout());
        differences.compare("state", Configuration::state);
        return differences.keys().stream().map(Reloaded::restart).toList();
    }

    private static List<Object> written(CacheTierSettings tier) {
        return List.of(tier.name(), tier.settings().values());
    }

    private static List<Object> written(ChosenCoordinator chosen) {
        return List.of(chosen.name(), chosen.settings().values());
    }

    private static String restart(String key) {
        return key + ": changed; takes effect after a restart";
    }

    /** Returns lines of the changes that were applied, and of those that need a restart. */
    @Override
    public String toString() {
        String all = Stream.concat(lines().stream(), needsRestart.stream()).collect(Collectors.joining("; "));
        return all.isEmpty() ? "nothing changed" : all;
    }

    /** Collects the differences of two values. */
    private static final class Differences<T> {

        private final T before;
        private final T after;
        private final List<String> keys = new ArrayList<>();

        Differences(T before, T after) {
            this.before = before;
            this.after = after;
        }

        void compare(String key, Function<T, Object> value) {
            if (!value.apply(before).equals(value.apply(after))) {
                keys.add(key);
            }
        }

        List<String> keys() {
            return keys;
        }
    }
}
