package dev.whippletree.config;

import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The defaults of a configuration. */
public final class DefaultConfiguration {

    /** The environment variable that names the model of the default route. */
    public static final String MODEL_VARIABLE = "WHIPPLETREE_MODEL";

    private DefaultConfiguration() {}

    /**
     * Returns a configuration of accounts alone: one route with one tier of all of them.
     *
     * @param accounts at least one
     * @param model the service's name of the model
     * @param caches the names of the cache tiers, nearest first
     */
    public static Configuration of(List<AccountSettings> accounts, String model, List<String> caches) {
        return new Configuration(
                accounts,
                List.of(route(accounts, model)),
                caches.stream()
                        .map(name -> new Configuration.CacheTierSettings(name, Settings.none("cache " + name)))
                        .toList(),
                EngineSettings.DEFAULT,
                List.of());
    }

    /** Returns the default route: all accounts in one tier. */
    public static RouteSettings route(List<AccountSettings> accounts, String model) {
        List<TargetSettings> targets = accounts.stream()
                .map(account -> new TargetSettings(account.id(), model))
                .distinct()
                .toList();
        return RouteSettings.of(Configuration.DEFAULT_ROUTE, List.of(new Tier(targets)));
    }

    /**
     * Returns the model of the default route: the given one, or else the environment's, or else
     * {@link Configuration#DEFAULT_MODEL}.
     */
    public static String model(Optional<String> given, Map<String, String> environment) {
        return given.or(() -> Optional.ofNullable(environment.get(MODEL_VARIABLE)))
                .filter(model -> !model.isBlank())
                .orElse(Configuration.DEFAULT_MODEL);
    }
}
