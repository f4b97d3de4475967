package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.config.KnownPlugins;
import dev.whippletree.config.KnownPlugins.PluginKind;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.testkit.record.RecordedFile;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in docs/reference name what there is: keys, variables, errors, exit codes, JSON. */
final class ReferencePagesTest {

    private static final Path PAGES = Project.ROOT.resolve("docs/reference");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\|$");

    /** A key that nothing knows, so that each place tells the keys that it knows. */
    private static final String WRONG = "zzzzzzzzzz";

    private static final Pattern TOLD = Pattern.compile(WRONG + ": unknown key; known: (.+)$");

    /** Each place of the configuration once, with all plugins. */
    private static final String CONFIGURATION = """
            zzzzzzzzzz: 1
            accounts:
              - {id: a, provider: huggingface, token: "${A}", limits: [{limit: 1 requests / 1h, zzzzzzzzzz: 1}], zzzzzzzzzz: 1}
              - {id: b, provider: groq, token: "${B}", zzzzzzzzzz: 1}
              - {id: c, provider: openai, token: "${C}", base-url: "http://127.0.0.1:1/v1", zzzzzzzzzz: 1}
            routes:
              one:
                model: m
                backoff: {zzzzzzzzzz: 1}
                retry-budget: {zzzzzzzzzz: 1}
                timeouts: {zzzzzzzzzz: 1}
                strategy: {name: peak-ewma, zzzzzzzzzz: 1}
                zzzzzzzzzz: 1
              two:
                tiers: [{account: a, model: m, zzzzzzzzzz: 1}]
                strategy: {name: round-robin, zzzzzzzzzz: 1}
            caches:
              - {name: ehcache, zzzzzzzzzz: 1}
              - {name: redis, zzzzzzzzzz: 1}
              - {name: similar, zzzzzzzzzz: 1}
            coordinator: {name: redis, zzzzzzzzzz: 1}
            gateway:
              clients: [{name: n, key: "${D}", zzzzzzzzzz: 1}]
              zzzzzzzzzz: 1
            prices:
              as-of: 2026-11-01
              currency: usd
              prices: [{provider: groq, model: m, prompt: 1, completion: 1, zzzzzzzzzz: 1}]
              zzzzzzzzzz: 1
            """;

    private static final String SETTINGS = """
            # Settings of plugins

            Every setting of every plugin, written by a test from what the plugins say of themselves.
            [Configuration](configuration.md) shows where they stand: beside the other keys of an account, or beside the
            `name` of a cache, a strategy or a coordinator.
            """;

    private static final Map<String, String> ENVIRONMENT =
            Map.of("A", "token-of-a", "B", "token-of-b", "C", "token-of-c", "D", "key-of-the-client-n");

    /** Words of an error that say what sort it is, or which field is at fault. */
    private static final Set<String> NO_CODES = Set.of(
            "invalid_request_error",
            "server_error",
            "rate_limit_error",
            "authentication_error",
            "permission_error",
            "model");

    @TempDir
    private Path folder;

    private static String page(String name) throws IOException {
        return Files.readString(PAGES.resolve(name));
    }

    /** Returns the words in code type of a page's tables. */
    private static Set<String> words(String page) {
        return rows(page)
                .flatMap(row -> CODE.matcher(row).results())
                .flatMap(code -> Stream.of(code.group(1).split("[^\\w-]+")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> rows(String page) {
        return ROW.matcher(page).results().map(MatchResult::group);
    }

    /** Returns what one column of the tables below a heading has in code type. */
    private static Set<String> column(String page, String heading, int column) {
        String from = page.substring(page.indexOf("\n" + heading + "\n") + 1);
        int next = from.indexOf("\n## ");
        return rows(next < 0 ? from : from.substring(0, next))
                .map(row -> row.split("(?<!\\\\)\\|"))
                .filter(cells -> cells.length > column + 1)
                .flatMap(cells -> CODE.matcher(cells[column + 1]).results())
                .map(code -> code.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> problems() throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), CONFIGURATION);
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> Whippletree.builder()
                        .configuration(file)
                        .environment(ENVIRONMENT)
                        .build()
                        .close());
        return refused.problems();
    }

    @Test
    void eachKeyOfTheConfiguration_isInATable() throws IOException {
        List<String> problems = problems();
        assertThat(problems).allSatisfy(problem -> assertThat(problem).containsPattern(TOLD));
        assertThat(problems).hasSize(CONFIGURATION.split(WRONG, -1).length - 1);
        Set<String> keys = problems.stream()
                .flatMap(problem -> TOLD.matcher(problem).results())
                .flatMap(told -> Stream.of(told.group(1).split(", ")))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(keys).hasSizeGreaterThan(70);
        assertThat(words(page("configuration.md") + page("settings.md"))).containsAll(keys);
    }

    /** {@code -Drecord=true} writes the page. */
    @Test
    void settings_areWhatThePluginsSay() throws IOException {
        try (PluginCatalog plugins = Whippletree.builder().environment(Map.of()).plugins()) {
            KnownPlugins known = plugins.known();
            RecordedFile.check(
                    PAGES.resolve("settings.md"),
                    Stream.of(known.providers(), known.caches(), known.strategies(), known.coordinators())
                            .map(ReferencePagesTest::section)
                            .collect(Collectors.joining("", SETTINGS, "")));
        }
    }

    private static String section(PluginKind kind) {
        String noun = kind.noun();
        StringBuilder section =
                new StringBuilder("\n## " + noun + "\n\n| " + noun + " | setting | meaning |\n|---|---|---|\n");
        new TreeMap<>(kind.settings()).forEach((plugin, settings) -> {
            Comparator<SettingKey> byName = Comparator.comparing(SettingKey::name);
            settings.stream().sorted(byName).forEach(setting -> section.append(row(plugin, setting)));
        });
        return section.toString();
    }

    private static String row(String plugin, SettingKey setting) {
        return "| `" + plugin + "` | `" + setting.name() + "` | " + setting.description() + " |\n";
    }

    @Test
    void eachVariableOfAProvider_isInATable() throws IOException {
        try (PluginCatalog plugins = Whippletree.builder().environment(Map.of()).plugins()) {
            assertThat(plugins.environmentVariables()).isNotEmpty();
            assertThat(words(page("configuration.md")))
                    .containsAll(plugins.environmentVariables().keySet());
        }
    }

    @Test
    void eachReason_isInTheTableOfErrors() throws IOException {
        assertThat(column(page("errors.md"), "## Java", 0))
                .containsAll(Stream.of(PromptException.Reason.values())
                        .map(Enum::name)
                        .toList());
    }

    @Test
    void eachKindOfFailure_isInTheTableOfFailures() throws IOException {
        assertThat(words(Files.readString(Project.ROOT.resolve("docs/failures.md"))))
                .containsAll(Stream.of(FailureKind.values()).map(Enum::name).toList());
    }

    @Test
    void exitCodes_areThoseOfTheCommand() throws IOException {
        String page = page("errors.md");
        List<String> told = rows(page.substring(page.indexOf("\n## Exit codes\n")))
                .map(row -> row.split("\\|")[1].strip())
                .filter(code -> code.matches("\\d+"))
                .toList();
        List<String> codes = Arrays.stream(ExitCode.class.getFields())
                .map(ReferencePagesTest::value)
                .toList();
        assertThat(told).containsExactlyInAnyOrderElementsOf(codes);
    }

    private static String value(Field constant) {
        try {
            return String.valueOf(constant.getInt(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void codesOfTheGateway_areThoseOfThePage() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String file : List.of("http/ApiError.java", "prompt/PromptError.java")) {
            literals(gateway(file), Pattern.compile("(?<![\\w.])\"([a-z]+(?:_[a-z]+)*)\""))
                    .forEach(codes::add);
        }
        codes.removeAll(NO_CODES);
        assertThat(column(page("errors.md"), "## HTTP", 1)).containsExactlyInAnyOrderElementsOf(codes);
    }

    @Test
    void eachKeyOfTheJson_isInATableOrTheSchema() throws IOException {
        Pattern put = Pattern.compile("put\\(\\s*\"(\\w+)\"");
        Set<String> keys = new TreeSet<>();
        for (Path file : List.of(
                Project.ROOT.resolve("core/src/main/java/dev/whippletree/status/StatusWriter.java"),
                Project.ROOT.resolve("core/src/main/java/dev/whippletree/status/TokensJson.java"),
                Project.ROOT.resolve("cli/src/main/java/dev/whippletree/cli/ask/CompletionJson.java"),
                gateway("status/StatusPlaces.java"),
                gateway("status/Trend.java"),
                gateway("clients/Client.java"))) {
            literals(file, put).forEach(keys::add);
        }
        assertThat(keys).hasSizeGreaterThan(60);
        Set<String> listed = words(page("json.md"));
        literals(PAGES.resolve("status.schema.json"), Pattern.compile("\"(\\w+)\": \\{"))
                .forEach(listed::add);
        assertThat(listed).containsAll(keys);
    }

    private static Path gateway(String file) {
        return Project.ROOT
                .resolve("gateway/src/main/java/dev/whippletree/gateway")
                .resolve(file);
    }

    private static Stream<String> literals(Path file, Pattern literal) throws IOException {
        return literal.matcher(Files.readString(file)).results().map(found -> found.group(1));
    }
}
