package dev.whippletree.config;

import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole configuration, read and checked as far as possible without plugins. Immutable.
 *
 * @param accounts the accounts, ids unique, in order
 * @param routes the routes, names unique; the first is the default
 * @param caches the cache tiers, nearest first
 * @param coordinator the coordinator of several processes; absent: this process works alone
 * @param engine the settings of the whole engine
 * @param prices the prices of tokens; absent: costs are unknown
 * @param warnings settings that work but should be changed, a sentence each, such as a literal token
 * @param state the folder that keeps the limits' state over restarts; absent: it isn't kept
 * @param gateway the settings of a gateway in front; absent: none are set
 * @param weights the tenants' weights, including those of the gateway's clients
 */
public record Configuration(
        List<AccountSettings> accounts,
        List<RouteSettings> routes,
        List<CacheTierSettings> caches,
        Optional<ChosenCoordinator> coordinator,
        EngineSettings engine,
        Optional<PriceList> prices,
        List<String> warnings,
        Optional<Path> state,
        Optional<GatewaySettings> gateway,
        TenantWeights weights) {

    /** The name of the route made for users who configure none. */
    public static final String DEFAULT_ROUTE = "default";

    /** The model of the default route: Hugging Face and Groq both know it by this id. */
    public static final String DEFAULT_MODEL = "openai/gpt-oss-20b";

    /**
     * Copies mutable values.
     *
     * @throws IllegalArgumentException if a gateway client's weight differs from the same tenant's weight
     */
    public Configuration {
        accounts = List.copyOf(accounts);
        routes = List.copyOf(routes);
        caches = List.copyOf(caches);
        Objects.requireNonNull(coordinator, "coordinator");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(prices, "prices");
        warnings = List.copyOf(warnings);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(gateway, "gateway");
        weights = withThoseOfClients(
                weights, gateway.map(GatewaySettings::clients).orElse(List.of()));
    }

    private static TenantWeights withThoseOfClients(TenantWeights weights, List<GatewaySettings.Client> clients) {
        Map<String, Integer> all = new HashMap<>(weights.byTenant());
        for (GatewaySettings.Client client : clients) {
            client.weight().ifPresent(stated -> {
                int before = Objects.requireNonNullElse(all.putIfAbsent(client.name(), stated), stated);
                if (before != stated) {
                    throw new IllegalArgumentException("the weight of tenant '" + client.name() + "' is " + before
                            + " in tenant-weights and " + stated
                            + " in the gateway's client; remove one of the two");
                }
            });
        }
        return new TenantWeights(all);
    }

    /**
     * Creates a configuration without a coordinator, prices, a gateway, tenants' weights or a state folder.
     */
    public Configuration(
            List<AccountSettings> accounts,
            List<RouteSettings> routes,
            List<CacheTierSettings> caches,
            EngineSettings engine,
            List<String> warnings) {
        this(
                accounts,
                routes,
                caches,
                Optional.empty(),
                engine,
                Optional.empty(),
                warnings,
                Optional.empty(),
                Optional.empty(),
                TenantWeights.EQUAL);
    }

    /** Returns the same with another state folder. */
    public Configuration withState(Path folder) {
        return new Configuration(
                accounts, routes, caches, coordinator, engine, prices, warnings, Optional.of(folder), gateway, weights);
    }

    /** Returns the same with another coordinator. */
    public Configuration withCoordinator(ChosenCoordinator chosen) {
        return new Configuration(
                accounts, routes, caches, Optional.of(chosen), engine, prices, warnings, state, gateway, weights);
    }

    /** Returns the same with another gateway. */
    public Configuration withGateway(GatewaySettings other) {
        return new Configuration(
                accounts, routes, caches, coordinator, engine, prices, warnings, state, Optional.of(other), weights);
    }

    /** Returns the same with other routes; at least one. */
    public Configuration withRoutes(List<RouteSettings> routes) {
        return new Configuration(
                accounts, routes, caches, coordinator, engine, prices, warnings, state, gateway, weights);
    }

    /** Returns the same without the cache tiers of these backends. */
    public Configuration withoutCaches(Collection<String> backends) {
        List<CacheTierSettings> left =
                caches.stream().filter(tier -> !backends.contains(tier.name())).toList();
        return new Configuration(
                accounts, routes, left, coordinator, engine, prices, warnings, state, gateway, weights);
    }

    /** Returns the same without a coordinator or a state folder. */
    public Configuration alone() {
        return new Configuration(
                accounts,
                routes,
                caches,
                Optional.empty(),
                engine,
                prices,
                warnings,
                Optional.empty(),
                gateway,
                weights);
    }

    /**
     * Returns the configuration after a reload: accounts, routes, prices, warnings, tenants' weights and gateway of
     * {@code next}, and the rest of this one.
     */
    public Configuration reloaded(Configuration next) {
        return new Configuration(
                next.accounts,
                next.routes,
                caches,
                coordinator,
                engine,
                next.prices,
                next.warnings,
                state,
                next.gateway,
                next.weights);
    }

    /** Returns the same with more warnings. */
    public Configuration withWarnings(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new Configuration(accounts, routes, caches, coordinator, engine, prices, all, state, gateway, weights);
    }

    /**
     * A cache tier as it was configured. Immutable.
     *
     * @param name the backend's name
     * @param settings the backend's own settings
     */
    public record CacheTierSettings(String name, Settings settings) {

        /** Rejects null. */
        public CacheTierSettings {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(settings, "settings");
        }
    }

    /**
     * A coordinator as it was configured. Immutable.
     *
     * @param name the coordinator's name
     * @param settings its own settings
     */
    public record ChosenCoordinator(String name, Settings settings) {

        /** Rejects null. */
        public ChosenCoordinator {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(settings, "settings");
        }
    }
}
