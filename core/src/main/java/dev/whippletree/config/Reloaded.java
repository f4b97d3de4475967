package dev.whippletree.config;

import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
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
        return new Differences<>(before, after)
                .by("key", client -> token(Optional.of(client.key())))
                .by("limits", GatewaySettings.Client::limits)
                .by("accounts", GatewaySettings.Client::accounts)
                .by("routes", GatewaySettings.Client::routes)
                .by("keep-alive", GatewaySettings.Client::keepAlive)
                .keys();
    }

    private static List<String> differences(AccountSettings before, AccountSettings after) {
        Differences<AccountSettings> differences = new Differences<>(before, after)
                .by("provider", AccountSettings::provider)
                .by("token", account -> token(account.token()))
                .by("organization", AccountSettings::organization)
                .by("weight", AccountSettings::weight)
                .by("max-concurrency", AccountSettings::maxConcurrency)
                .by("transit", AccountSettings::transit)
                .by("limits", AccountSettings::limits)
                .by("limit-scope", AccountSettings::limitScope)
                .by("credit", AccountSettings::credit);
        Stream.concat(before.settings().values().keySet().stream(), after.settings().values().keySet().stream())
                .distinct()
                .sorted()
                .forEach(
                        key -> differences.by(key, account -> account.settings().text(key)));
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
        return new Differences<>(before, after)
                .by("tiers", RouteSettings::tiers)
                .by("strategy", route -> written(route.strategy(), route.strategySettings()))
                .by("patience", RouteSettings::patience)
                .by("deadline", RouteSettings::deadline)
                .by("max-tokens", RouteSettings::maxTokens)
                .by("ttl", RouteSettings::ttl)
                .by("retries", RouteSettings::retries)
                .by("timeouts", RouteSettings::timeouts)
                .by("aliases", RouteSettings::aliases)
                .by("leave", RouteSettings::leave)
                .keys();
    }

    private static List<String> needsRestart(Configuration before, Configuration after) {
        Differences<Configuration> differences = new Differences<>(before, after)
                .by(
                        "caches",
                        configuration -> configuration.caches().stream()
                                .map(tier -> written(tier.name(), tier.settings()))
                                .toList())
                .by(
                        "coordinator",
                        configuration ->
                                configuration.coordinator().map(chosen -> written(chosen.name(), chosen.settings())))
                .by("line-size", configuration -> configuration.engine().lineSize())
                .by("tenant-line-size", configuration -> configuration.engine().tenantLineSize())
                .by("batch-share", configuration -> configuration.engine().batchShare())
                .by("max-concurrency", configuration -> configuration.engine().maxConcurrency())
                .by("cache-timeout", configuration -> configuration.engine().cacheTimeout())
                .by("state", Configuration::state);
        return differences.keys().stream().map(Reloaded::restart).toList();
    }

    /** Returns a plugin to compare. Where its settings were written makes no difference. */
    private static List<Object> written(String name, Settings settings) {
        return List.of(name, settings.values());
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

    /** Collects the keys by which two values differ. */
    private record Differences<T>(T before, T after, List<String> keys) {

        Differences(T before, T after) {
            this(before, after, new ArrayList<>());
        }

        Differences<T> by(String key, Function<T, Object> value) {
            if (!value.apply(before).equals(value.apply(after))) {
                keys.add(key);
            }
            return this;
        }
    }
}
