package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.whippletree.config.KnownPlugins.PluginKind;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Holds the schema and the readers against each other. */
final class ConfigurationSchemaTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int FILES = 200;
    private static final Schema SCHEMA = schema(Plugins.KNOWN);

    /** Whose values have a form that the schema knows, rather than any text. */
    private static final Set<String> FORMED = Set.of(
            "attempts",
            "backoff",
            "batch-share",
            "between-tokens",
            "cache-timeout",
            "deadline",
            "finish-abandoned",
            "first",
            "first-byte",
            "idle-timeout",
            "keep-alive",
            "leave",
            "limit-scope",
            "line-size",
            "max-concurrency",
            "max-tokens",
            "most",
            "patience",
            "per-second",
            "port",
            "provider",
            "share",
            "show-accounts",
            "stale-after-days",
            "strategy",
            "transit",
            "ttl",
            "weight",
            "whole");

    /** Whose keys are names, so that any is right. */
    private static final Set<String> NAMED = Set.of("routes", "tenant-weights");

    /** A provider, which each account needs, and no plugin's settings. */
    private static final KnownPlugins BARE = new KnownPlugins(
            PluginKind.of("provider", Map.of("groq", Set.of())),
            PluginKind.of("cache", Map.of()),
            PluginKind.of("strategy", Map.of()),
            PluginKind.of("coordinator", Map.of()));

    /** Of the page: the rows of a table whose first column is keys of ours. */
    private static final Pattern TABLE_OF_KEYS = Pattern.compile("(?m)^\\| key\\b.*\n\\|[-|]+\n((?:\\|.*\n)+)");

    private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([^|]+) \\|");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static Schema schema(KnownPlugins known) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(JSON.writeValueAsString(ConfigurationSchema.of(known)), InputFormat.JSON);
    }

    /** What is read is written as JSON, which is YAML too. */
    private static List<String> problems(String file) {
        AccountSettings account = AccountSettings.builder("a", "groq").build();
        Map<String, String> environment = Map.of("TOKEN", "t-0123456789", "KEY", "key-0123456789abcdef", "SIZE", "5");
        try {
            Configuration unused = new ConfigurationReader(
                            Plugins.KNOWN, environment, () -> List.of(account), List.of())
                    .read("whippletree.yaml", file);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }

    private static List<String> violations(String file) {
        return SCHEMA.validate(file, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    /** Half of the files have a mistake somewhere: a wrong key, a wrong kind of value, or something left out. */
    @Test
    void generatedFiles_areRightForBothOrForNeither() {
        int right = 0;
        for (long seed = 1; seed <= FILES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Object> tree = new Draft(random).file();
            if (random.nextBoolean()) {
                makeAMistake(tree, random);
            }
            String file = JSON.writeValueAsString(tree);
            List<String> problems = problems(file);
            List<String> violations = violations(file);
            assertThat(violations.isEmpty())
                    .as("seed %d: %s%n%s%n%s", seed, file, problems, violations)
                    .isEqualTo(problems.isEmpty());
            right += problems.isEmpty() ? 1 : 0;
        }
        assertThat(right).isBetween(FILES / 2, FILES * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"routes\":{\"r\":{\"ttl\":\"off\"}}}",
                "{\"routes\":{\"r\":{\"ttl\":false,\"max-tokens\":\"${SIZE}\"}}}",
                "{\"accounts\":[{\"id\":3,\"provider\":\"groq\",\"limits\":\"10 requests / 1m\"}]}",
                "{\"caches\":\"ehcache\",\"coordinator\":\"redis\",\"line-size\":\"5\"}",
                "{\"coordinator\":[{\"name\":\"redis\",\"uri\":\"redis://localhost\"}]}",
                "{\"gateway\":{\"show-accounts\":\"true\",\"memory\":\"50%\"}}",
                "{\"batch-share\":\".5%\",\"routes\":{\"r\":{\"tiers\":[{\"account\":\"a\"}],\"leave\":\"2.5 %\"}}}",
            })
    void otherSpellings_areRightForBoth(String file) {
        assertThat(problems(file)).isEmpty();
        assertThat(violations(file)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"accounts\":[{\"id\":\"a\",\"provider\":\"groq\",\"bill-to\":\"x\"}]}",
                "{\"caches\":[{\"name\":\"ehcache\",\"uri\":\"x\"}]}",
                "{\"routes\":{\"r\":{\"strategy\":{\"name\":\"round-robin\",\"choices\":2}}}}",
                "{\"coordinator\":\"ehcache\"}",
                "{\"accounts\":{\"id\":\"a\",\"provider\":\"groq\"}}",
                "{\"routes\":{\"r\":{\"accounts\":[]}}}",
                "{\"routes\":{\"r\":{\"tiers\":[[]]}}}",
                "{\"prices\":{\"as-of\":\"2026-01-01\",\"currency\":\"usd\"}}",
                "{\"gateway\":{\"port\":65536}}",
                "{\"tenant-weights\":{\"a\":1001}}",
                "[]",
            })
    void whatNoReaderTakes_isWrongForBoth(String file) {
        assertThat(problems(file)).isNotEmpty();
        assertThat(violations(file)).isNotEmpty();
    }

    /** Those of plugins are the tests' own here; another test holds the real ones. */
    @Test
    void keys_areThoseOfThePage() throws IOException {
        Set<String> keys = new TreeSet<>();
        collectKeys(ConfigurationSchema.of(BARE), keys);
        assertThat(keys).hasSizeGreaterThan(60).contains("watch-key", "between-tokens", "stale-after-days");

        String page = Files.readString(Path.of("../docs/reference/configuration.md"));
        assertThat(keys).allSatisfy(key -> assertThat(page).containsPattern("(?m)^\\|.*\\b" + key + "\\b"));
        Set<String> named = TABLE_OF_KEYS
                .matcher(page)
                .results()
                .flatMap(table -> FIRST_CELL.matcher(table.group(1)).results())
                .flatMap(cell -> CODE.matcher(cell.group(1)).results())
                .map(key -> key.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(50).isSubsetOf(keys);
    }

    @Test
    void mappingsOfAFixedForm_haveKeys() {
        assertThat(JSON.writeValueAsString(ConfigurationSchema.of(Plugins.KNOWN)))
                .doesNotContain("{\"type\":\"object\",\"additionalProperties\":false}", "\"anyOf\":[]");
    }

    @Test
    void schema_isTheSameEachTime_andWorksWithoutPlugins() {
        KnownPlugins none = new KnownPlugins(
                PluginKind.of("provider", Map.of()),
                PluginKind.of("cache", Map.of()),
                PluginKind.of("strategy", Map.of()),
                PluginKind.of("coordinator", Map.of()));
        assertThat(JSON.writeValueAsString(ConfigurationSchema.of(none)))
                .isEqualTo(JSON.writeValueAsString(ConfigurationSchema.of(none)))
                .contains("\"coordinator\"", "\"between-tokens\"")
                .doesNotContain("\"allOf\"");
        assertThat(schema(none).validate("{\"accounts\":[{\"id\":\"a\"}]}", InputFormat.JSON))
                .isNotEmpty();
    }

    private static void collectKeys(Object schema, Set<String> keys) {
        if (schema instanceof Map<?, ?> map) {
            map.forEach((word, value) -> {
                if (word.equals("properties") && value instanceof Map<?, ?> properties) {
                    properties.keySet().forEach(key -> keys.add(String.valueOf(key)));
                }
                collectKeys(value, keys);
            });
        } else if (schema instanceof List<?> list) {
            list.forEach(value -> collectKeys(value, keys));
        }
    }

    /** A file with some of all that there is, right as it is. References between its parts are right, too. */
    private record Draft(SplittableRandom random) {

        Map<String, Object> file() {
            Map<String, Object> file = new LinkedHashMap<>();
            some(file, "line-size", 5, "tenant-line-size", "3", "max-concurrency", "${SIZE}", "batch-share", "5%");
            some(file, "cache-timeout", "2s", "state", "state", "plugins", "plugins");
            some(file, "tenant-weights", mapping("acme", 2, "bolt", "3"));
            some(file, "caches", list("ehcache", mapping("name", "redis", "uri", "redis://localhost")));
            some(file, "coordinator", random.nextBoolean() ? "redis" : mapping("name", "redis", "uri", "redis://x"));
            some(file, "accounts", list(account()), "routes", mapping("default", route()));
            some(file, "gateway", gateway(), "prices", prices());
            return file;
        }

        private Map<String, Object> account() {
            Map<String, Object> account = mapping("id", "a", "provider", "huggingface");
            some(account, "token", "${TOKEN}", "organization", "acme", "weight", 2, "max-concurrency", 3);
            some(account, "transit", "1s", "limit-scope", "model", "bill-to", "us", "base-url", "http://localhost");
            some(account, "limits", list("10 requests / 1m", mapping("limit", "5 tokens / 1h", "model", 3.5)));
            return account;
        }

        private Map<String, Object> route() {
            Map<String, Object> route = new LinkedHashMap<>();
            some(route, "patience", "1s", "deadline", "5m", "max-tokens", 7, "ttl", "1h", "attempts", 2, "leave", "5%");
            some(route, "aliases", list("other"), "backoff", mapping("first", "1s", "most", "2s"));
            some(route, "retry-budget", mapping("share", "10%", "per-second", 2));
            some(route, "timeouts", mapping("first-byte", "1s", "between-tokens", "2s", "whole", "1h"));
            some(
                    route,
                    "strategy",
                    random.nextBoolean() ? "round-robin" : mapping("name", "least-loaded", "choices", 2));
            Map<String, Object> target = mapping("account", "a", "model", "m");
            some(route, "tiers", list(list(target), mapping("account", "a")));
            return route;
        }

        private Map<String, Object> gateway() {
            Map<String, Object> gateway = new LinkedHashMap<>();
            some(gateway, "host", "127.0.0.1", "port", 8080, "max-body-bytes", 100, "max-connections", 9);
            some(gateway, "client-timeout", "3s", "idle-timeout", "4s", "memory", "64MB", "deadline", "5m");
            some(gateway, "show-accounts", false, "finish-abandoned", "true", "max-embedding-inputs", 5, "trace", "t");
            Map<String, Object> client = mapping("name", "interviews", "key", "${KEY}");
            some(client, "limits", list("10 requests / 1m"), "accounts", list("a"), "routes", list("default"));
            some(client, "weight", 3, "keep-alive", true);
            some(gateway, "clients", list(client));
            Map<String, Object> batches = mapping("folder", "jobs", "keep", "7d");
            some(batches, "max-file-bytes", "1GB", "max-bytes", "9GB", "max-files", 9, "max-lines", 8, "max-open", 7);
            some(batches, "refuse-late", true);
            some(gateway, "batches", batches);
            return gateway;
        }

        private Map<String, Object> prices() {
            Map<String, Object> price = mapping("provider", "groq", "model", "m", "prompt", 0.05, "completion", "0.2");
            Map<String, Object> prices = mapping("as-of", "2026-01-01", "currency", "usd", "prices", list(price));
            some(prices, "stale-after-days", 30);
            return prices;
        }

        private void some(Map<String, Object> into, Object... keysAndValues) {
            mapping(keysAndValues).forEach((key, value) -> {
                if (random.nextInt(3) > 0) {
                    into.put(key, value);
                }
            });
        }

        private static Map<String, Object> mapping(Object... keysAndValues) {
            Map<String, Object> mapping = new LinkedHashMap<>();
            for (int index = 0; index < keysAndValues.length; index += 2) {
                mapping.put((String) keysAndValues[index], keysAndValues[index + 1]);
            }
            return mapping;
        }

        private static List<Object> list(Object... elements) {
            return new ArrayList<>(List.of(elements));
        }
    }

    /** A value and what holds it. */
    private record Place(String key, Map<String, Object> holder, boolean named) {

        Object value() {
            return holder.getOrDefault(key, "");
        }
    }

    private static void makeAMistake(Map<String, Object> tree, SplittableRandom random) {
        List<Place> places = new ArrayList<>();
        collectPlaces(tree, false, places);
        if (places.isEmpty()) {
            return;
        }
        Place place = places.get(random.nextInt(places.size()));
        Map<String, Object> holder = place.holder();
        switch (random.nextInt(7)) {
            case 0 -> holder.remove(place.key());
            case 1 -> {
                Object value = place.value();
                if (!place.named()) {
                    holder.remove(place.key());
                    holder.put(place.key() + "x", value);
                }
            }
            case 2 -> holder.put(place.key(), null);
            case 3 -> holder.put(place.key(), new ArrayList<>());
            case 4 -> holder.put(place.key(), new LinkedHashMap<>());
            case 5 -> holder.put(place.key(), new ArrayList<>(List.of(new LinkedHashMap<>(Map.of("x", 1)))));
            default -> holder.computeIfPresent(place.key(), (key, value) -> FORMED.contains(key) ? "?!" : value);
        }
    }

    private static void collectPlaces(Object value, boolean named, List<Place> places) {
        if (value instanceof List<?> list) {
            list.forEach(element -> collectPlaces(element, false, places));
        } else if (value instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<String, Object> mapping = (Map<String, Object>) value;
            mapping.forEach((key, below) -> {
                places.add(new Place(key, mapping, named));
                collectPlaces(below, NAMED.contains(key), places);
            });
        }
    }
}
