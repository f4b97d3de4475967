package dev.whippletree;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.config.DefaultConfiguration;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The parts of a configuration that a builder was given. Confined to one thread. */
final class Parts {

    /** The builder's methods for parts of a configuration, as messages name them. */
    enum Part {
        ACCOUNT("account(…)"),
        ENVIRONMENT("environment(…)"),
        ROUTE("route(…)"),
        MODEL("model(…)"),
        CACHE("cache(…)"),
        COORDINATOR("coordinator(…)"),
        ENGINE("engine(…)"),
        TENANT_WEIGHTS("tenantWeights(…)");

        private final String method;

        Part(String method) {
            this.method = method;
        }

        @Override
        public String toString() {
            return method;
        }
    }

    private final Set<Part> given = new LinkedHashSet<>();
    private final List<AccountSettings> accounts = new ArrayList<>();
    private final List<RouteSettings> routes = new ArrayList<>();
    private final List<CacheTierSettings> caches = new ArrayList<>();

    /** The providers of accounts whose token is null or empty, by the account's id. */
    private final Map<String, String> withoutToken = new LinkedHashMap<>();

    private Optional<Map<String, String>> environment = Optional.empty();
    private Optional<String> model = Optional.empty();
    private Optional<ChosenCoordinator> coordinator = Optional.empty();
    private EngineSettings engine = EngineSettings.DEFAULT;
    private TenantWeights weights = TenantWeights.EQUAL;

    void account(AccountSettings account) {
        accounts.add(Objects.requireNonNull(account, "account"));
        given.add(Part.ACCOUNT);
    }

    void accountWithoutToken(String id, String provider) {
        account(AccountSettings.builder(id, provider).build());
        withoutToken.put(id, provider);
    }

    void environment(Map<String, String> variables) {
        environment = Optional.of(Map.copyOf(Objects.requireNonNull(variables, "environment")));
        given.add(Part.ENVIRONMENT);
    }

    void route(RouteSettings route) {
        routes.add(Objects.requireNonNull(route, "route"));
        given.add(Part.ROUTE);
    }

    void model(String name) {
        model = Optional.of(Objects.requireNonNull(name, "model"));
        given.add(Part.MODEL);
    }

    void cache(String name, Map<String, String> settings) {
        caches.add(new CacheTierSettings(
                Objects.requireNonNull(name, "name"),
                new Settings("cache " + name, Objects.requireNonNull(settings, "settings"))));
        given.add(Part.CACHE);
    }

    void coordinator(String name, Map<String, String> settings) {
        coordinator = Optional.of(new ChosenCoordinator(
                Objects.requireNonNull(name, "name"),
                new Settings("coordinator " + name, Objects.requireNonNull(settings, "settings"))));
        given.add(Part.COORDINATOR);
    }

    void engine(EngineSettings settings) {
        engine = Objects.requireNonNull(settings, "engine");
        given.add(Part.ENGINE);
    }

    void tenantWeights(TenantWeights stated) {
        weights = Objects.requireNonNull(stated, "weights");
        given.add(Part.TENANT_WEIGHTS);
    }

    Optional<Map<String, String>> environment() {
        return environment;
    }

    Optional<String> model() {
        return model;
    }

    /**
     * Returns a sentence for each part that would have no effect.
     *
     * @param whole the builder's method that sets the whole configuration; absent: these parts do
     * @param beside the parts that still have an effect then
     */
    List<String> conflicts(Optional<String> whole, Set<Part> beside) {
        if (whole.isPresent()) {
            return given.stream()
                    .filter(part -> !beside.contains(part))
                    .map(part -> part + " has no effect beside " + whole.get()
                            + ", which sets the whole configuration; remove one of them")
                    .toList();
        }
        return given.contains(Part.MODEL) && given.contains(Part.ROUTE)
                ? List.of("model(…) has no effect beside route(…), whose targets name their models; remove one of them")
                : List.of();
    }

    /**
     * Returns a sentence for each account without a token, with the variable in which its provider's tokens usually
     * are.
     */
    List<String> missingTokens(PluginCatalog catalog) {
        return withoutToken.entrySet().stream()
                .map(account -> "account " + account.getKey() + ": no token; check "
                        + usualVariable(catalog, account.getValue()) + "the variable that holds it")
                .toList();
    }

    private static String usualVariable(PluginCatalog catalog, String provider) {
        return catalog.environmentVariables(provider).stream()
                .map(name -> name + " or ")
                .collect(Collectors.joining());
    }

    Configuration whole(PluginCatalog catalog) {
        Map<String, String> variables = environment.orElse(Map.of());
        List<AccountSettings> all = new ArrayList<>(accounts);
        all.addAll(catalog.accountsFrom(variables));
        if (all.isEmpty()) {
            throw new ConfigurationException(
                    List.of("there is no account; add one with account(…) or take them from the environment"));
        }
        List<RouteSettings> chosen = routes.isEmpty()
                ? List.of(DefaultConfiguration.route(all, DefaultConfiguration.model(model, variables)))
                : routes;
        return new Configuration(
                all,
                chosen,
                caches,
                coordinator,
                engine,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                weights);
    }
}
