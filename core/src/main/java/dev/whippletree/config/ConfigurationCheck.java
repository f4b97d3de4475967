package dev.whippletree.config;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a whole configuration, from a file or a program: known names, distinct ids, distinct tokens. Confined to one
 * check.
 */
public final class ConfigurationCheck {

    private final KnownPlugins known;
    private final List<String> problems = new ArrayList<>();

    private ConfigurationCheck(KnownPlugins known) {
        this.known = known;
    }

    /**
     * Returns the configuration if it is valid.
     *
     * @param known the plugins it may name
     * @param environment variables by name, so that messages can name variables that hold the same token
     * @throws ConfigurationException with every problem
     */
    public static Configuration of(Configuration configuration, KnownPlugins known, Map<String, String> environment) {
        ConfigurationCheck check = new ConfigurationCheck(known);
        check.accounts(configuration.accounts(), new TokenOwners(environment));
        check.routes(configuration.routes(), configuration.accounts());
        check.caches(configuration.caches());
        configuration
                .coordinator()
                .ifPresent(chosen -> check.plugin(
                        "coordinator " + chosen.name(), known.coordinators(), chosen.name(), chosen.settings()));
        if (!check.problems.isEmpty()) {
            throw new ConfigurationException(check.problems);
        }
        return configuration;
    }

    private void accounts(List<AccountSettings> accounts, TokenOwners owners) {
        if (accounts.isEmpty()) {
            problems.add("there is no account; add one, or take them from the environment");
        }
        Set<String> ids = new HashSet<>();
        for (AccountSettings account : accounts) {
            String where = "account " + account.id();
            if (!ids.add(account.id())) {
                problems.add(where + ": two accounts have this id; give each its own id");
            }
            plugin(where, known.providers(), account.provider(), account.settings());
            owners.claim(account).ifPresent(message -> problems.add(where + ": " + message));
        }
    }

    private void routes(List<RouteSettings> routes, List<AccountSettings> accounts) {
        if (routes.isEmpty() && !accounts.isEmpty()) {
            problems.add("there is no route; add at least one");
        }
        List<String> ids = accounts.stream().map(AccountSettings::id).toList();
        Set<String> names = new HashSet<>();
        for (RouteSettings route : routes) {
            String where = "route " + route.name();
            if (!names.add(route.name())) {
                problems.add(where + ": two routes have this name; give each its own name");
            }
            plugin(where, known.strategies(), route.strategy(), route.strategySettings());
            route.tiers().forEach(tier -> targets(where, tier.targets(), ids));
        }
    }

    private void targets(String where, List<TargetSettings> targets, Collection<String> ids) {
        Set<TargetSettings> seen = new HashSet<>();
        for (TargetSettings target : targets) {
            if (!ids.contains(target.account())) {
                problems.add(where + ": " + Names.unknown("account", target.account(), ids));
            }
            if (!seen.add(target)) {
                problems.add(where + ": account " + target.account() + " with model " + target.model()
                        + " is in the same tier twice");
            }
        }
    }

    private void caches(List<CacheTierSettings> caches) {
        Set<String> names = new HashSet<>();
        for (CacheTierSettings cache : caches) {
            String where = "cache " + cache.name();
            if (!names.add(cache.name())) {
                problems.add(where + ": listed twice");
            }
            plugin(where, known.caches(), cache.name(), cache.settings());
        }
    }

    private void plugin(String where, KnownPlugins.PluginKind kind, String name, Settings settings) {
        kind.unknown(name).ifPresent(message -> problems.add(where + ": " + message));
        if (kind.has(name)) {
            Set<String> names = kind.settingNames(name);
            settings.values().keySet().stream()
                    .filter(key -> !names.contains(key))
                    .sorted()
                    .forEach(key ->
                            problems.add(where + ": " + key + ": unknown setting" + Names.suggestion(key, names)));
        }
    }
}
