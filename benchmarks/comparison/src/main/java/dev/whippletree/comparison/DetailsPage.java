package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is too much for the first page. Confined to one thread. */
final class DetailsPage {

    private final Results results;
    private final Scores scores;

    DetailsPage(Results results) {
        this.results = results;
        this.scores = new Scores(results);
    }

    Map<String, String> parts() {
        return Map.of(
                "cases",
                results.cases(1).stream().map(this::oneCase).collect(Collectors.joining("\n\n")),
                "pairs",
                pairs(),
                "faults",
                results.faults().isEmpty() ? MainPage.NOTHING : faults(),
                "overhead",
                new OverheadTable(results).text(),
                "configurations",
                results.contenders().isEmpty() ? MainPage.NOTHING : configurations());
    }

    private String oneCase(Results.Setting setting) {
        String text = "### " + setting.title() + " (`" + setting.name() + "`)\n\n" + setting.description() + "\n\n"
                + Figures.count(setting.prompts()) + " prompts, " + Figures.count(setting.distinct())
                + " of them distinct; bound " + bounds(setting) + "; possible without a cache: "
                + Figures.percent(setting.withoutCache(), setting.prompts()) + ".";
        Table table = new Table(List.of(
                "contender",
                "over bound",
                "answered",
                "wrong",
                "failed",
                "calls each",
                "429s",
                "worst wait",
                "processor",
                "seed"));
        List<Results.Answered> runs = results.contenders().stream()
                .flatMap(each -> scores.medianRun(each.name(), setting.name()).stream())
                .toList();
        runs.forEach(run -> table.row(row(run)));
        return runs.isEmpty() ? text : text + "\n\n" + table.text();
    }

    /** Of other seeds only where they differ. */
    private String bounds(Results.Setting setting) {
        return results.cases().stream()
                .filter(each -> each.name().equals(setting.name()))
                .map(each -> Figures.seconds(each.boundSeconds()))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private List<String> row(Results.Answered run) {
        Results.Said said = run.said();
        return List.of(
                results.title(run.contender()),
                how(run),
                Figures.percent(said.right(), said.prompts()),
                Figures.count(said.wrong()),
                Figures.count(said.failed()),
                Figures.rounded((double) run.seen().calls() / said.distinct(), 2),
                Figures.count(run.seen().rateLimited()),
                Figures.seconds(run.took().quietestWorstSeconds()),
                Figures.seconds(run.took().processorSeconds()),
                "" + run.seed());
    }

    private String how(Results.Answered run) {
        Score score = Score.of(run, results.setting(run));
        if (score.isWhole() || !score.isVoid().isEmpty()) {
            return score.text();
        }
        return run.took().stopped() ? "stopped" : "gave up";
    }

    /** Returns what was measured both in a pair and alone. */
    String pairs() {
        List<List<String>> rows = new ArrayList<>();
        for (Results.Answered alone : results.checks()) {
            results.of(alone.contender(), alone.name(), alone.seed())
                    .filter(pair -> !pair.beside().isEmpty())
                    .ifPresent(pair -> rows.add(List.of(
                            results.title(pair.contender()),
                            "`" + pair.name() + "`",
                            results.title(pair.beside()),
                            Score.of(pair, results.setting(pair)).text(),
                            Score.of(alone, results.setting(alone)).text())));
        }
        if (rows.isEmpty()) {
            return "Nothing has been measured both ways yet.";
        }
        Table table = new Table(List.of("contender", "case", "beside", "in a pair", "alone"));
        rows.forEach(table::row);
        return table.text();
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
        Table table =
                new Table(Stream.concat(Stream.of("fault"), tested.stream().map(Results.About::name))
                        .toList());
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

    /** Returns contenders that are in no other table. */
    private Stream<Results.About> onlyOfOverhead() {
        return results.overhead().stream()
                .map(Overhead::about)
                .filter(about -> !about.configuration().isEmpty()
                        && results.contenders().stream()
                                .noneMatch(each -> each.name().equals(about.name())));
    }

    private String configurations() {
        return Stream.concat(results.contenders().stream(), onlyOfOverhead())
                .map(each -> "### " + each.named() + " (`" + each.name() + "`)\n\n" + each.documentation()
                        + (each.configuration().isEmpty()
                                ? ""
                                : "\n\n```\n" + each.configuration().stripTrailing() + "\n```"))
                .collect(Collectors.joining("\n\n"));
    }
}
