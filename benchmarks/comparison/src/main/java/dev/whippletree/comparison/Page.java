package dev.whippletree.comparison;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page, made from the results alone. Confined to one thread. */
final class Page {

    private final Results results;

    Page(Results results) {
        this.results = results;
    }

    /** Writes the page into a folder. */
    void write(Path folder) throws IOException {
        String page;
        try (InputStream template = Objects.requireNonNull(Page.class.getResourceAsStream("page.md"))) {
            page = new String(template.readAllBytes(), StandardCharsets.UTF_8);
        }
        Files.writeString(
                folder.resolve("comparison.md"),
                page.replace("{{conditions}}", conditions())
                        .replace("{{main}}", main())
                        .replace("{{cases}}", cases())
                        .replace("{{faults}}", faults())
                        .replace("{{configurations}}", configurations()));
    }

    private String conditions() {
        List<Results.Origin> origins = Stream.concat(
                        results.answered().stream().map(Results.Answered::origin),
                        results.faults().stream().map(Results.Fault::origin))
                .toList();
        if (origins.isEmpty()) {
            return "Nothing has been measured yet.";
        }
        List<String> dates = origins.stream().map(Results.Origin::date).sorted().toList();
        String machines =
                origins.stream().map(Results.Origin::machine).distinct().collect(Collectors.joining("; "));
        return "Measured from " + dates.get(0) + " to " + dates.get(dates.size() - 1) + " on " + machines + ".\n\n"
                + "Covered: " + results.answered().size() + " of "
                + results.contenders().size() * results.cases().size() + " pairs of contender and case, once each; "
                + "faults: " + results.faults().size() + ". Seeds: "
                + results.cases().stream()
                        .map(each -> "" + each.seed())
                        .distinct()
                        .collect(Collectors.joining(", "))
                + ". A dash in a table means that it wasn't measured.";
    }

    private String main() {
        List<String> head = new ArrayList<>(List.of("contender"));
        results.cases().forEach(each -> head.add(each.name()));
        Table table = new Table(head);
        for (Results.About contender : results.contenders()) {
            List<String> row = new ArrayList<>(List.of(named(contender)));
            for (Results.Setting each : results.cases()) {
                row.add(results.of(contender.name(), each.name())
                        .map(run -> cell(run, each))
                        .orElse("–"));
            }
            table.row(row);
        }
        return table.text();
    }

    private static String named(Results.About contender) {
        return contender.title() + " " + contender.version().replace("-SNAPSHOT", "");
    }

    private static String cell(Results.Answered run, Results.Setting setting) {
        String how = run.right() == run.prompts() ? overBound(run, setting) : percent(run.right(), run.prompts());
        return run.wrong() == 0 ? how : how + ", " + run.wrong() + " wrong";
    }

    private static String overBound(Results.Answered run, Results.Setting setting) {
        if (run.right() < run.prompts()) {
            return run.stopped() ? "stopped" : "gave up";
        }
        return String.format(Locale.ROOT, "%.2f", run.wallSeconds() / setting.boundSeconds());
    }

    private static String percent(long part, long all) {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
    }

    private String cases() {
        return results.cases().stream().map(this::oneCase).collect(Collectors.joining("\n\n"));
    }

    private String oneCase(Results.Setting setting) {
        Table table = new Table(
                List.of("contender", "over bound", "answered", "wrong", "failed", "calls each", "429s", "worst wait"));
        for (Results.About contender : results.contenders()) {
            results.of(contender.name(), setting.name())
                    .ifPresent(run -> table.row(List.of(
                            contender.title(),
                            overBound(run, setting),
                            percent(run.right(), run.prompts()),
                            "" + run.wrong(),
                            "" + run.failed(),
                            String.format(Locale.ROOT, "%.2f", (double) run.calls() / run.distinct()),
                            "" + run.rateLimited(),
                            String.format(Locale.ROOT, "%.1f s", run.quietestWorstSeconds()))));
        }
        return "### " + setting.title() + " (`" + setting.name() + "`)\n\n" + setting.description() + "\n\n"
                + String.format(
                        Locale.ROOT,
                        "%,d prompts, %,d of them distinct; bound %.1f s.",
                        setting.prompts(),
                        setting.distinct(),
                        setting.boundSeconds())
                + "\n\n" + table.text();
    }

    private String faults() {
        List<Results.About> tested = results.contenders().stream()
                .filter(contender -> results.faults().stream()
                        .anyMatch(each -> each.contender().equals(contender.name())))
                .toList();
        return Stream.of(false, true)
                .map(streamed ->
                        (streamed ? "Streamed answers:" : "Answers in one piece:") + "\n\n" + faults(tested, streamed))
                .collect(Collectors.joining("\n\n"));
    }

    private String faults(List<Results.About> tested, boolean streamed) {
        List<String> head = new ArrayList<>(List.of("fault"));
        tested.forEach(contender -> head.add(contender.name()));
        Table table = new Table(head);
        List<String> kinds = results.faults().stream()
                .filter(each -> each.streamed() == streamed)
                .map(Results.Fault::kind)
                .distinct()
                .toList();
        for (String kind : kinds) {
            List<String> row = new ArrayList<>(List.of("`" + kind + "`"));
            tested.forEach(contender -> row.add(results.faults().stream()
                    .filter(each -> each.streamed() == streamed
                            && each.kind().equals(kind)
                            && each.contender().equals(contender.name()))
                    .findFirst()
                    .map(each -> word(each.got()))
                    .orElse("–")));
            table.row(row);
        }
        return table.text();
    }

    private static String word(Results.Got got) {
        return switch (got) {
            case WHOLE -> "whole";
            case ERROR -> "error";
            case CUT -> "**cut**";
            case NOTHING -> "nothing";
        };
    }

    private String configurations() {
        return results.contenders().stream()
                .map(each -> "### " + named(each) + " (`" + each.name() + "`)\n\n" + each.documentation()
                        + (each.configuration().isEmpty()
                                ? ""
                                : "\n\n```\n" + each.configuration().stripTrailing() + "\n```"))
                .collect(Collectors.joining("\n\n"));
    }
}
