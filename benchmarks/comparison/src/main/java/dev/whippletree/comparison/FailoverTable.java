package dev.whippletree.comparison;

import dev.whippletree.comparison.failover.FailoverPublished;
import dev.whippletree.comparison.failover.FailoverScenario;
import dev.whippletree.comparison.failover.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the page says of Failover Bench, made from its results alone. Immutable. */
record FailoverTable(FailoverResults results) {

    String text() throws IOException {
        if (results.cells().isEmpty()) {
            return "Nothing has been measured yet.";
        }
        try (InputStream template = Objects.requireNonNull(FailoverTable.class.getResourceAsStream("failover.md"))) {
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .replace("{{conditions}}", conditions())
                    .replace("{{verdicts}}", verdicts())
                    .replace("{{reasons}}", reasons())
                    .replace("{{differences}}", differences())
                    .replace("{{configurations}}", configurations());
        }
    }

    /** All are of one machine and one commit. */
    private String conditions() {
        List<Results.Origin> origins = results.origins();
        List<String> dates = origins.stream().map(Results.Origin::date).sorted().toList();
        double load = origins.stream().mapToDouble(Results.Origin::load).max().orElse(0);
        return "Measured from " + dates.get(0) + " to " + dates.get(dates.size() - 1) + " on "
                + origins.get(0).machine() + ", of commit " + origins.get(0).commit()
                + ", at a load average of at most " + Figures.rounded(load, 1) + " before." + again();
    }

    private String again() {
        String again = results.gateways().stream()
                .filter(each -> each.times() > 1)
                .map(each -> each.title() + " (" + each.times() + " times)")
                .collect(Collectors.joining(", "));
        return again.isEmpty() ? "" : " Measured again: " + again + ".";
    }

    private String verdicts() {
        Table table = new Table(Stream.concat(
                        Stream.of("", "fault"),
                        results.gateways().stream()
                                .flatMap(gateway -> hasPublished(gateway)
                                        ? Stream.of(named(gateway), "*published*")
                                        : Stream.of(named(gateway))))
                .toList());
        for (FailoverScenario scenario : FailoverScenario.values()) {
            List<String> row = new ArrayList<>(List.of(scenario.id(), scenario.fault()));
            for (FailoverResults.Gateway gateway : results.gateways()) {
                row.add(results.of(gateway.name(), scenario.id())
                        .map(FailoverTable::cell)
                        .orElse("–"));
                FailoverPublished.of(gateway.name(), scenario).ifPresent(verdict -> row.add(word(verdict)));
            }
            table.row(row);
        }
        return table.row(sums()).text();
    }

    private static String named(FailoverResults.Gateway gateway) {
        return gateway.title() + " " + gateway.version().replace("-SNAPSHOT", "");
    }

    private static boolean hasPublished(FailoverResults.Gateway gateway) {
        return FailoverPublished.of(gateway.name(), FailoverScenario.LIMITED_ONCE)
                .isPresent();
    }

    private static String cell(FailoverResults.Cell cell) {
        return word(cell.verdict()) + ", " + seconds(cell);
    }

    private static String seconds(FailoverResults.Cell cell) {
        return String.format(Locale.ROOT, cell.seconds() < 10 ? "%.1f s" : "%.0f s", cell.seconds());
    }

    private static String word(Verdict verdict) {
        String word = verdict.name().toLowerCase(Locale.ROOT);
        return verdict == Verdict.FAIL ? "**" + word + "**" : word;
    }

    private List<String> sums() {
        List<String> row = new ArrayList<>(List.of("", "**pass, partial, safe, fail**"));
        for (FailoverResults.Gateway gateway : results.gateways()) {
            row.add(sum(scenario ->
                    results.of(gateway.name(), scenario.id()).stream().map(FailoverResults.Cell::verdict)));
            if (hasPublished(gateway)) {
                row.add(sum(scenario -> FailoverPublished.of(gateway.name(), scenario).stream()));
            }
        }
        return row;
    }

    private static String sum(Function<FailoverScenario, Stream<Verdict>> of) {
        List<Verdict> verdicts =
                Stream.of(FailoverScenario.values()).flatMap(of).toList();
        int all = FailoverScenario.values().length;
        return Stream.of(Verdict.values())
                        .map(each -> "" + verdicts.stream().filter(each::equals).count())
                        .collect(Collectors.joining(", ", "**", "**"))
                + (verdicts.size() < all ? " of " + verdicts.size() + " measured" : "");
    }

    private String reasons() {
        Table table = new Table(List.of("gateway", "", "why it isn't a pass", "calls", "of the fallback"));
        for (FailoverResults.Gateway gateway : results.gateways()) {
            for (FailoverScenario scenario : FailoverScenario.values()) {
                results.of(gateway.name(), scenario.id())
                        .filter(cell -> cell.verdict() != Verdict.PASS)
                        .ifPresent(cell -> table.row(List.of(
                                gateway.title(),
                                scenario.id() + ", " + word(cell.verdict()),
                                cell.reason(),
                                "" + cell.calls(),
                                "" + cell.fallbackCalls())));
            }
        }
        return table.text();
    }

    private String differences() {
        List<String> all = new ArrayList<>();
        for (FailoverResults.Gateway gateway : results.gateways()) {
            for (FailoverScenario scenario : FailoverScenario.values()) {
                results.of(gateway.name(), scenario.id())
                        .ifPresent(cell -> FailoverPublished.of(gateway.name(), scenario)
                                .filter(published -> published != cell.verdict())
                                .ifPresent(published -> all.add("- " + gateway.title() + ", " + scenario.id()
                                        + ": published " + word(published) + ", here " + word(cell.verdict())
                                        + ".")));
            }
        }
        return all.isEmpty() ? "None." : String.join("\n", all);
    }

    private String configurations() {
        return results.gateways().stream()
                .map(each -> "**" + named(each) + ".** " + each.documentation() + "\n\n```\n"
                        + each.configuration().stripTrailing() + "\n```")
                .collect(Collectors.joining("\n\n"));
    }
}
