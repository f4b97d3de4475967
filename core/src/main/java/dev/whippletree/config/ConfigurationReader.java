package dev.whippletree.config;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.config.Section.Element;
import dev.whippletree.config.Section.Variables;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Reads a configuration from YAML. Reports every problem at once, with the file, the key and, for an unknown name, the
 * nearest known one. Confined to one reading.
 */
final class ConfigurationReader {

    private final KnownPlugins known;
    private final Map<String, String> environment;
    private final Supplier<List<AccountSettings>> accountsFromEnvironment;
    private final List<String> defaultCaches;

    /** Creates a reader; accounts and caches are those of a file that names none. */
    ConfigurationReader(
            KnownPlugins known,
            Map<String, String> environment,
            Supplier<List<AccountSettings>> accountsFromEnvironment,
            List<String> defaultCaches) {
        this.known = known;
        this.environment = environment;
        this.accountsFromEnvironment = accountsFromEnvironment;
        this.defaultCaches = defaultCaches;
    }

    /** Reads a configuration of a file that messages name so; its relative paths start from its folder. */
    Configuration read(String source, String yaml) {
        Problems problems = new Problems(source);
        JsonNode document = YamlDocument.read(yaml, problems);
        problems.stop();
        return read(source, new Section("", document, Variables.of(environment), problems, Expectations.NONE));
    }

    /** Reads a configuration; relative paths start from the source's folder, else from the working directory. */
    Configuration read(String source, Section root) {
        Problems problems = root.problems();
        List<AccountSettings> accounts = accounts(root, source);
        String model = DefaultConfiguration.model(Optional.empty(), environment);
        RouteReader routeReader = new RouteReader(known, accounts, model);
        List<RouteSettings> routes = routeReader.read(root);
        warnOfDefaultModel(accounts, id -> routes.isEmpty() || routeReader.withoutModel.contains(id), problems);
        List<CacheTierSettings> caches = caches(root);
        Optional<ChosenCoordinator> coordinator = coordinator(root);
        EngineSettings engine = engine(root);
        Optional<Path> state = root.read("state", Path::of);
        pluginFolder(root); // Read before all else as well: it decides which names are known here.
        Optional<PriceList> prices = prices(root, source);
        List<RouteSettings> used =
                routes.isEmpty() && !accounts.isEmpty() ? List.of(DefaultConfiguration.route(accounts, model)) : routes;
        TenantWeights weights = weights(root);
        Optional<GatewaySettings> gateway =
                new GatewayReader(new TokenReader(source), accounts, used, weights).read(root);
        root.end();
        problems.stop();
        return new Configuration(
                accounts, used, caches, coordinator, engine, prices, problems.warnings(), state, gateway, weights);
    }

    /**
     * Reads only the folder of plugins. {@link #read} reports problems.
     *
     * @param yaml a file's contents
     * @param environment variables by name
     */
    static Optional<Path> pluginFolder(String yaml, Map<String, String> environment) {
        Problems told = new Problems("");
        JsonNode document = YamlDocument.read(yaml, told);
        return pluginFolder(new Section("", document, Variables.of(environment), told, Expectations.NONE));
    }

    /** Reads only the folder of plugins. */
    static Optional<Path> pluginFolder(Section root) {
        return root.read("plugins", Path::of);
    }

    private List<AccountSettings> accounts(Section root, String source) {
        if (!root.isMapping()) {
            return List.of();
        }
        if (!root.has("accounts")) {
            return environmentAccounts(root);
        }
        List<AccountSettings> accounts = new AccountReader(known, environment, source).read(root);
        if (accounts.isEmpty() && root.problems().lines().isEmpty()) {
            root.problem(
                    "accounts",
                    "the list is empty; add an account, or remove the key to use the accounts"
                            + " from the environment");
        }
        return accounts;
    }

    private List<AccountSettings> environmentAccounts(Section root) {
        try {
            List<AccountSettings> accounts = accountsFromEnvironment.get();
            if (accounts.isEmpty()) {
                root.problem("accounts", "there is no account, neither in this file nor in the environment");
            }
            return accounts;
        } catch (ConfigurationException e) {
            root.problems().addAll(e.problems());
            return List.of();
        }
    }

    /** The services of other providers have it. */
    private void warnOfDefaultModel(List<AccountSettings> accounts, Predicate<String> withoutModel, Problems problems) {
        boolean chosen = !environment
                .getOrDefault(DefaultConfiguration.MODEL_VARIABLE, "")
                .isBlank();
        String what = "its route states no model, so it is asked for the default, " + Configuration.DEFAULT_MODEL
                + "; name one that its service has: 'routes: {default: {model: NAME}}'";
        accounts.stream()
                .filter(account -> !chosen && account.provider().equals("openai") && withoutModel.test(account.id()))
                .forEach(account -> problems.warn("accounts[" + accounts.indexOf(account) + "]", what));
    }

    private List<CacheTierSettings> caches(Section root) {
        if (!root.has("caches")) {
            return defaultCaches.stream()
                    .map(name -> new CacheTierSettings(name, Settings.none("cache " + name)))
                    .toList();
        }
        Map<String, CacheTierSettings> tiers = new LinkedHashMap<>();
        for (Element element : root.list("caches", "[ehcache, {name: redis, uri: \"redis://localhost\"}]")) {
            NamedPlugin.read(root, element, known.caches()).ifPresent(named -> {
                CacheTierSettings tier = new CacheTierSettings(named.name(), named.settings());
                if (tiers.putIfAbsent(tier.name(), tier) != null) {
                    root.problems().add(element.at(), "the cache '" + tier.name() + "' is listed twice");
                }
            });
        }
        return List.copyOf(tiers.values());
    }

    private Optional<ChosenCoordinator> coordinator(Section root) {
        List<Element> elements = root.node("coordinator")
                .map(value -> root.elements("coordinator", value))
                .orElse(List.of());
        if (elements.size() > 1) {
            root.problem("coordinator", "only one coordinator is allowed");
            return Optional.empty();
        }
        return elements.stream()
                .flatMap(element -> NamedPlugin.read(root, element, known.coordinators()).stream())
                .map(named -> new ChosenCoordinator(named.name(), named.settings()))
                .findFirst();
    }

    /** The key holds a file's name or the list itself. */
    private static Optional<PriceList> prices(Section root, String source) {
        if (root.node("prices").filter(JsonNode::isObject).isPresent()) {
            String holder = source.isEmpty() ? "the configuration" : source;
            return root.section("prices").map(list -> PriceListReader.read(holder, list));
        }
        Optional<Path> file = root.read("prices", name -> Path.of(source).resolveSibling(name));
        try {
            return file.map(PriceList::read);
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> root.problem("prices", problem));
            return Optional.empty();
        }
    }

    private static TenantWeights weights(Section root) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        root.section("tenant-weights")
                .ifPresent(section -> section.keys()
                        .forEach(tenant -> section.weight(tenant).ifPresent(weight -> weights.put(tenant, weight))));
        return new TenantWeights(weights);
    }

    private static EngineSettings engine(Section root) {
        EngineSettings defaults = EngineSettings.DEFAULT;
        int lineSize = root.integer("line-size", 0).orElse(defaults.lineSize());
        int concurrency = root.integer("max-concurrency", 1).orElse(defaults.maxConcurrency());
        Duration cacheTimeout = root.duration("cache-timeout").orElse(defaults.cacheTimeout());
        OptionalInt tenantLineSize =
                root.integer("tenant-line-size", 0).map(OptionalInt::of).orElse(OptionalInt.empty());
        double batchShare = root.percentage("batch-share", 50).orElse(defaults.batchShare());
        return new EngineSettings(lineSize, tenantLineSize, batchShare, concurrency, cacheTimeout);
    }
}
