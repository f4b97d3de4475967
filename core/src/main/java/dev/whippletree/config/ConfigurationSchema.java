package dev.whippletree.config;

import dev.whippletree.config.Section.Variables;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The JSON Schema of a configuration file, for editors that complete and check it. The readers themselves say what they
 * accept while they read samples, and which keys and elements they miss there. Confined to one schema.
 */
public final class ConfigurationSchema {

    /** Has every mapping, with no key that a reader may miss, and lists that mustn't be empty but are. */
    private static final String MAPPINGS = """
            accounts: [{ limits: [1 requests / 1h, {}] }]
            routes: { "*": { tiers: [[{}]], strategy: {}, backoff: {}, retry-budget: {}, timeouts: {} } }
            caches: [{}]
            coordinator: {}
            gateway: { clients: [{ limits: [1 requests / 1h], accounts: [], routes: [] }], batches: {} }
            prices: { prices: [{}] }
            tenant-weights: { "*": 1 }
            """;

    /** Has the shorter forms. No file has such a name as that of the prices. */
    private static final String SHORTER = """
            accounts: []
            routes: { "*": { tiers: [{}, []], strategy: any } }
            caches: [any]
            coordinator: any
            prices: "\\0"
            """;

    /** The last ones lack what readers look for only where nothing else is wrong. */
    private static final List<String> SAMPLES = List.of(
            MAPPINGS,
            SHORTER,
            "routes: { '*': { tiers: [] } }",
            "routes: { '*': { accounts: [] } }",
            "prices: { as-of: 2026-01-01, currency: usd }",
            "prices: { as-of: 2026-01-01, currency: usd, prices: [] }");

    private final ConfigurationReader reader;
    private final SchemaNode root = new SchemaNode();

    private ConfigurationSchema(KnownPlugins known) {
        List<AccountSettings> accounts =
                List.of(AccountSettings.builder("any", "any").build());
        this.reader = new ConfigurationReader(known, Map.of(), () -> accounts, List.of());
    }

    /**
     * Returns the schema as a JSON object: draft 7, which editors know best.
     *
     * @param known the plugins that the file may name, and whose settings it may have
     */
    public static Map<String, Object> of(KnownPlugins known) {
        ConfigurationSchema schema = new ConfigurationSchema(known);
        SAMPLES.forEach(schema::learn);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("$schema", "http://json-schema.org/draft-07/schema#");
        json.put("title", "Configuration of Whippletree");
        json.putAll(schema.root.schema());
        return json;
    }

    /** A problem where no key is means that the key is required; one at an empty list, that it needs an element. */
    private void learn(String yaml) {
        Problems problems = new Problems("the sample");
        JsonNode sample = YamlDocument.read(yaml, problems);
        try {
            Configuration unused = reader.read("", new Section("", sample, Variables.of(Map.of()), problems, root));
        } catch (ConfigurationException e) {
            // Its problems have been collected.
        }
        for (String path : problems.paths()) {
            JsonNode found =
                    sample.at("/" + path.replace("]", "").replace('[', '/').replace('.', '/'));
            if (found.isMissingNode()) {
                root.at(path).require();
            } else if (found.isArray() && found.isEmpty()) {
                root.at(path).requireElement();
            }
        }
    }
}
