package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;

/**
 * The exercises that one program does with clients, by a {@link PlayedStage}: each is a test, and so is each client's
 * row in docs/clients.md. The results of a client are in {@code target/clients/LANGUAGE-CLIENT-PROTOCOLS.tsv}, a line
 * for each case with {@code works}, or how the client's own limits show.
 *
 * <p>The program prints a JSON object for each exercise: its {@code client}, its {@code case}, which begins with the
 * protocol and the column of the table, as in {@code responses tools-stream}, and what it {@code failed} with, or its
 * {@code result}. The result of the case {@code version} is the client's version.
 */
final class PlayedExercises {

    private static final Path REPORTS = Path.of("target", "clients");
    private static final Path PAGE = Path.of("..", "docs", "clients.md");
    private static final List<String> FIRST_COLUMNS = List.of("client", "version", "protocol");

    /** The protocol that the page's table leaves out: a sentence has the clients that speak it. */
    private static final String VECTORS = "embeddings";

    /** What works in every client, as the page says in a sentence. */
    private static final List<String> EVERYWHERE =
            List.of("whole", "stream", "tools", "JSON", "image", "timeout", "errors");

    private static final String WORKS = "works";

    private PlayedExercises() {}

    /**
     * Runs the program until it ends.
     *
     * @param language what the clients are written for
     * @param command the program; what it is to speak to is added to it
     * @param folder an existing one, where its output is kept
     */
    static Stream<DynamicTest> tests(String language, List<String> command, Path folder)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        ClientRun run;
        try (PlayedStage stage = new PlayedStage(folder)) {
            whole.addAll(stage.arguments());
            run = ClientRun.of(whole, folder);
        }
        Map<String, Map<String, String>> clients = new TreeMap<>();
        run.results()
                .values()
                .forEach(
                        line -> clients.computeIfAbsent(line.path("client").asString(), client -> new LinkedHashMap<>())
                                .put(line.path("case").asString(), result(line)));
        for (Map.Entry<String, Map<String, String>> client : clients.entrySet()) {
            write(language, client.getKey(), client.getValue());
        }
        return Stream.concat(
                run.results().values().stream()
                        .map(line -> DynamicTest.dynamicTest(
                                line.path("exercise").asString(),
                                () -> assertThat(line.path("failed").asString(""))
                                        .as("%s", line.path("exercise"))
                                        .isEmpty())),
                clients.entrySet().stream()
                        .map(client -> DynamicTest.dynamicTest(
                                client.getKey() + " in docs/clients.md",
                                () -> assertTold(name(client.getKey(), language), client.getValue()))));
    }

    /** Returns a client as the page calls it, which some do themselves. */
    private static String name(String client, String language) {
        return client.contains("`") ? client : "`" + client + "` for " + language;
    }

    private static String result(JsonNode line) {
        return line.path("failed").asString(line.path("result").asString(""));
    }

    private static void write(String language, String client, Map<String, String> results) throws IOException {
        List<String> lines = results.entrySet().stream()
                .map(each -> each.getKey() + "\t" + each.getValue().replaceAll("\\s+", " "))
                .toList();
        String file = Stream.concat(Stream.of(language.toLowerCase(Locale.ROOT), client), protocols(results))
                .map(part -> part.replaceAll("[^\\w.]+", "-"))
                .collect(Collectors.joining("-", "", ".tsv"));
        Files.write(Files.createDirectories(REPORTS).resolve(file), lines);
    }

    private static Stream<String> protocols(Map<String, String> results) {
        return results.keySet().stream()
                .filter(each -> each.contains(" "))
                .map(each -> each.substring(0, each.indexOf(' ')))
                .distinct();
    }

    /** Fails if the page's table says anything else. */
    private static void assertTold(String client, Map<String, String> results) throws IOException {
        List<String> everywhere =
                Stream.concat(FIRST_COLUMNS.stream(), EVERYWHERE.stream()).toList();
        assertThat(protocols(results).map(protocol -> row(client, protocol, results, everywhere)))
                .as("what the page says of every client")
                .allSatisfy(row -> assertThat(row).doesNotContain("no"));
        List<List<String>> rows = rows(PAGE);
        List<String> head = rows.stream()
                .filter(row -> row.size() > FIRST_COLUMNS.size()
                        && row.subList(0, FIRST_COLUMNS.size()).equals(FIRST_COLUMNS))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/clients.md has no table of clients"));
        List<List<String>> expected = protocols(results)
                .filter(protocol -> !protocol.equals(VECTORS))
                .map(protocol -> row(client, protocol, results, head))
                .toList();
        assertThat(rows.stream().flatMap(PlayedExercises::byProtocol))
                .as(
                        "the rows are%n%s, and those that differ by protocol alone may be one",
                        expected.stream()
                                .map(row -> "| " + String.join(" | ", row) + " |")
                                .collect(Collectors.joining("\n")))
                .containsAll(expected);
    }

    private static Stream<List<String>> byProtocol(List<String> row) {
        int column = FIRST_COLUMNS.indexOf("protocol");
        return row.size() <= column
                ? Stream.of(row)
                : Stream.of(row.get(column).split(", ")).map(protocol -> {
                    List<String> one = new ArrayList<>(row);
                    one.set(column, protocol);
                    return one;
                });
    }

    /** Fails if the page tells another version of a coding agent. */
    static void assertVersionTold(String agent, String version) throws IOException {
        assertThat(rows(PAGE))
                .as("the row of %s in docs/clients.md", agent)
                .anySatisfy(row -> assertThat(row).startsWith(agent, version));
    }

    private static List<List<String>> rows(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.filter(line -> line.startsWith("| "))
                    .map(line -> Stream.of(line.substring(1).split("\\|"))
                            .map(String::strip)
                            .toList())
                    .toList();
        }
    }

    /** Returns the row of a client, without the last cells if they only say that nothing was tested. */
    private static List<String> row(String client, String protocol, Map<String, String> results, List<String> head) {
        List<String> row = new ArrayList<>(List.of(client, results.getOrDefault("version", ""), told(protocol)));
        for (String column : head.subList(FIRST_COLUMNS.size(), head.size())) {
            List<String> shown = results.entrySet().stream()
                    .filter(each -> (each.getKey() + "-").startsWith(protocol + " " + column + "-"))
                    .map(Map.Entry::getValue)
                    .toList();
            row.add(shown.isEmpty() ? "–" : shown.stream().allMatch(WORKS::equals) ? "yes" : "no");
        }
        while (row.get(row.size() - 1).equals("–")) {
            row.remove(row.size() - 1);
        }
        return row;
    }

    /** Returns a protocol as the page calls it. */
    private static String told(String protocol) {
        return switch (protocol) {
            case "responses" -> "Responses";
            case "messages" -> "Messages";
            default -> protocol;
        };
    }
}
