package dev.whippletree.engine.pool;

import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ProviderClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration that an engine runs: open accounts, routes over them, cache tiers. Immutable.
 *
 * @param accounts the accounts, ids unique
 * @param defaultRoute the name of the route of prompts that name none
 * @param caches the cache tiers, nearest first; may be empty
 * @param coordination what it has in common with other processes; absent: there are none
 * @param notes what a user should know about this configuration, a sentence each; status shows them
 * @param weights how tenants share what there is room for
 */
public record Topology(
        List<OpenAccount> accounts,
        Map<String, OpenRoute> routes,
        String defaultRoute,
        List<OpenCache> caches,
        Optional<OpenCoordination> coordination,
        List<String> notes,
        TenantWeights weights) {

    public Topology {
        accounts = List.copyOf(accounts);
        routes = Map.copyOf(routes);
        caches = List.copyOf(caches);
        notes = List.copyOf(notes);
        if (!routes.containsKey(defaultRoute)) {
            throw new IllegalArgumentException("the default route '" + defaultRoute + "' is not among the routes");
        }
    }

    /** Creates the topology of a process that is alone, whose tenants share alike. */
    public Topology(
            List<OpenAccount> accounts,
            Map<String, OpenRoute> routes,
            String defaultRoute,
            List<OpenCache> caches,
            List<String> notes) {
        this(accounts, routes, defaultRoute, caches, Optional.empty(), notes, TenantWeights.EQUAL);
    }

    /** An account with its open client. */
    public record OpenAccount(AccountSettings settings, ProviderClient client) {}

    /** A route with a picker for each tier. */
    public record OpenRoute(RouteSettings settings, List<Picker> pickers) {

        public OpenRoute {
            pickers = List.copyOf(pickers);
            if (pickers.size() != settings.tiers().size()) {
                throw new IllegalArgumentException("route " + settings.name() + ": one picker a tier is needed");
            }
        }
    }

    /**
     * A cache tier.
     *
     * @param name its backend's name
     * @param shared whether other processes find in it what this one stores
     * @param store the open cache
     */
    public record OpenCache(String name, boolean shared, CacheStore store) {

        /** Creates a tier that this process has for itself. */
        public OpenCache(String name, CacheStore store) {
            this(name, false, store);
        }
    }

    /** What this process has in common with others. */
    public record OpenCoordination(String name, Coordination coordination) {}
}
