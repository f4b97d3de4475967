package dev.whippletree.config;

import dev.whippletree.engine.EngineSettings;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads a configuration from YAML. Tells every problem at once, each with the file, the key and, for a name that isn't known, the
 * one that was probably meant. Confined to one reading.
 */
final class ConfigurationReader {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final KnownPlugins known;
    private final Map<String, String> environment;
    private final Supplier<List<AccountSettings>> accountsFromEnvironment;
    private final List<String> defaultCaches;

    /**
     * Creates a reader.
     *
     * @param known the plugins that may be named
     * @param environment variables by name
     * @param accountsFromEnvironment the accounts of a file that declares none
     * @param defaultCaches the cache tiers of a file that says nothing of caches
     */
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

    /**
     * Reads a configuration.
     *
     * @param source how messages name the file
     * @param yaml its contents
     * @throws ConfigurationException with every problem
     */
    Configuration read(String source, String yaml) {
        Problems problems = new Problems(source);
        Section root = new Section("", parse(source, yaml), environment, problems);
        List<AccountSettings> accounts = new AccountReader(known, new TokenReader(environment)).read(root);
        if (!root.keys().contains("accounts")) {
            accounts = accountsFromEnvironment.get();
        }
        String model = DefaultConfiguration.model(Optional.empty(), environment);
        List<RouteSettings> routes = new RouteReader(known, accounts, model).read(root);
        List<Configuration.CacheTier> caches = caches(root);
        EngineSettings engine = engine(root);
        root.end();
        if (accounts.isEmpty() && problems.lines().isEmpty()) {
            root.problem("accounts", "there is no account, neither here nor in the environment");
        }
        if (!problems.lines().isEmpty()) {
            throw new ConfigurationException(problems.lines());
        }
        List<RouteSettings> used = routes.isEmpty() ? List.of(DefaultConfiguration.route(accounts, model)) : routes;
        return new Configuration(accounts, used, caches, engine, problems.warnings());
    }

    private static JsonNode parse(String source, String yaml) {
        try {
            JsonNode root = YAML.readTree(yaml);
            return root == null || root.isMissingNode() || root.isNull() ? YAML.createObjectNode() : root;
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String where = line > 0 ? ", line " + line : "";
            throw new ConfigurationException(
                    List.of(source + where + ": this isn't YAML: " + firstLine(e.getOriginalMessage())));
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("it can't be parsed").trim();
    }

    private List<Configuration.CacheTier> caches(Section root) {
        if (!root.keys().contains("caches")) {
            return defaultCaches.stream()
                    .map(name -> new Configuration.CacheTier(name, Settings.none("cache " + name)))
                    .toList();
        }
        List<Configuration.CacheTier> tiers = new ArrayList<>();
        List<JsonNode> nodes = root.list("caches");
        for (int index = 0; index < nodes.size(); index++) {
            cache(root, "caches[" + index + "]", nodes.get(index)).ifPresent(tiers::add);
        }
        return tiers;
    }

    private Optional<Configuration.CacheTier> cache(Section root, String at, JsonNode node) {
        if (!node.isObject()) {
            String name = node.asString();
            return isCache(root, at, name)
                    ? Optional.of(new Configuration.CacheTier(name, Settings.none("cache " + name)))
                    : Optional.empty();
        }
        Section section = root.below(at, node);
        String name = section.text("name").orElse("");
        if (!isCache(root, section.at("name"), name)) {
            return Optional.empty();
        }
        Set<String> settings = known.caches().getOrDefault(name, Set.of()).stream()
                .map(SettingKey::name)
                .collect(Collectors.toSet());
        return Optional.of(new Configuration.CacheTier(name, new Settings("cache " + name, section.rest(settings))));
    }

    private boolean isCache(Section root, String at, String name) {
        if (known.caches().containsKey(name)) {
            return true;
        }
        root.problems()
                .add(
                        at,
                        "no cache is named '" + name + "'"
                                + Names.suggestion(name, known.caches().keySet()));
        return false;
    }

    private static EngineSettings engine(Section root) {
        EngineSettings defaults = EngineSettings.DEFAULT;
        int lineSize = root.integer("line-size", 0).orElse(defaults.lineSize());
        int concurrency = root.integer("max-concurrency", 1).orElse(defaults.maxConcurrency());
        Duration cacheTimeout = root.duration("cache-timeout").orElse(defaults.cacheTimeout());
        return new EngineSettings(lineSize, concurrency, cacheTimeout);
    }
}
