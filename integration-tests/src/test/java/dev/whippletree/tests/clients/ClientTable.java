package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A client's row in the table of docs/gateway.md, filled by the tests that {@link Shows} what the client can do.
 * Confined to the thread of its test class.
 */
final class ClientTable implements AfterTestExecutionCallback {

    private static final Path PAGE = Path.of("..", "docs", "gateway.md");

    private final Set<Capability> lacks;
    private final Map<Capability, Boolean> shown = new EnumMap<>(Capability.class);

    /**
     * Creates a row in which nothing stands.
     *
     * @param lacks what the tests show that the client can't do, if they pass
     */
    ClientTable(Set<Capability> lacks) {
        this.lacks = lacks;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Shows shows = context.getRequiredTestMethod().getAnnotation(Shows.class);
        if (shows != null) {
            boolean passed = context.getExecutionException().isEmpty();
            shown.merge(shows.value(), passed && !lacks.contains(shows.value()), Boolean::logicalAnd);
        }
    }

    /** Fails if the page says anything else than the tests that ran have shown. */
    void assertTold(String client, String version, String protocol) throws IOException {
        List<String> told = row(client, protocol);
        assertThat(told.get(1))
                .as("the version of %s in docs/gateway.md", client)
                .isEqualTo(version);
        List<String> expected = new ArrayList<>(told);
        shown.forEach((capability, works) -> expected.set(3 + capability.ordinal(), works ? "yes" : "no"));
        assertThat(told)
                .as("the row in docs/gateway.md is | %s |", String.join(" | ", expected))
                .isEqualTo(expected);
    }

    /** Fails if the page tells another version of an agent. */
    static void assertVersionTold(String agent, String version) throws IOException {
        assertThat(rows())
                .as("the row of %s in docs/gateway.md", agent)
                .anySatisfy(row -> assertThat(row).startsWith(agent, version));
    }

    private static List<List<String>> rows() throws IOException {
        try (Stream<String> lines = Files.lines(PAGE)) {
            return lines.filter(line -> line.startsWith("| "))
                    .map(line -> Stream.of(line.substring(1).split("\\|"))
                            .map(String::strip)
                            .toList())
                    .toList();
        }
    }

    private static List<String> row(String client, String protocol) throws IOException {
        List<List<String>> rows = rows();
        List<String> head = new ArrayList<>(List.of("client", "version", "protocol"));
        Stream.of(Capability.values()).map(Capability::column).forEach(head::add);
        assertThat(rows).as("the head of the table in docs/gateway.md").contains(head);
        return rows.stream()
                .filter(row -> row.size() == head.size()
                        && row.get(0).equals(client)
                        && row.get(2).equals(protocol))
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError("docs/gateway.md has no row for | " + client + " | … | " + protocol + " |"));
    }
}
