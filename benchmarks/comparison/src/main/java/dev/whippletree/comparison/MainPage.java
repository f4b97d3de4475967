package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What fits on one page. Confined to one thread. */
final class MainPage {

    static final String NOTHING = "Nothing has been measured yet on one machine and of one commit.";

    private final Results results;
    private final Scores scores;

    MainPage(Results results) {
        this.results = results;
        this.scores = new Scores(results);
    }

    Map<String, String> parts() {
        boolean measured = !results.answered().isEmpty();
        return Map.of(
                "conditions",
                conditions(),
                "cases",
                cases(),
                "main",
                measured ? PICTURE + "\n" + main() : NOTHING,
                "findings",
                measured ? new Findings(results).text() : NOTHING);
    }

    private static final String PICTURE = """
            <picture>
              <source media="(prefers-color-scheme: dark)" srcset="images/comparison-dark.svg">
              <img alt="The table below as bars: solid if all prompts were answered, hatched if not" src="images/comparison-light.svg">
            </picture>
            """;

    private String conditions() {
        List<Results.Origin> origins = results.origins();
        if (origins.isEmpty()) {
            return NOTHING;
        }
        List<String> dates = origins.stream().map(Results.Origin::date).sorted().toList();
        List<Double> loads = origins.stream().map(Results.Origin::load).sorted().toList();
        Results.Origin any = origins.get(0);
        return "Measured on " + any.machine() + "; commit `" + shortened(any.commit()) + "`; from " + dates.get(0)
                + " to "
                + dates.get(dates.size() - 1) + ". Load average before the runs: median "
                + Figures.rounded(loads.get(loads.size() / 2), 2) + ", most "
                + Figures.rounded(loads.get(loads.size() - 1), 2) + ". " + covered();
    }

    private static String shortened(String commit) {
        return commit.substring(0, Math.min(12, commit.length()));
    }

    private String covered() {
        long pairs = results.answered().stream()
                .filter(run -> !run.beside().isEmpty())
                .count();
        String again = Stream.concat(
                        results.answered().stream()
                                .filter(run -> run.times() > 1)
                                .map(run -> results.title(run.contender()) + " in `" + run.name() + "` (" + run.times()
                                        + " times)"),
                        results.faults().stream()
                                .filter(run -> run.times() > 1)
                                .map(run ->
                                        results.title(run.contender()) + " in each fault (" + run.times() + " times)"))
                .distinct()
                .collect(Collectors.joining(", "));
        return "Covered: "
                + results.answered().stream().filter(run -> run.seed() == 1).count() + " of "
                + results.contenders().size() * results.cases(1).size()
                + " pairs of contender and case; a dash means that one isn't. Two at a time: "
                + pairs + " of " + results.answered().size() + " pieces. Measured again: "
                + (again.isEmpty() ? "nothing" : again) + ".";
    }

    private String cases() {
        Table table = new Table(List.of("case", "what happens", "prompts", "distinct", "bound"));
        for (Results.Setting each : results.cases(1)) {
            table.row(List.of(
                    "`" + each.name() + "`",
                    each.title(),
                    Figures.count(each.prompts()),
                    Figures.count(each.distinct()),
                    Figures.seconds(each.boundSeconds())));
        }
        return table.text();
    }

    private String seeds(Results.About contender) {
        long seeds = results.answered().stream()
                .filter(run -> run.contender().equals(contender.name()))
                .map(Results.Answered::seed)
                .distinct()
                .count();
        return seeds > 1 ? " ×" + seeds : "";
    }

    private String main() {
        Table table = new Table(
                Stream.concat(Stream.of("contender"), results.cases(1).stream().map(Results.Setting::name))
                        .toList());
        for (Results.About contender : results.contenders()) {
            List<String> row = new ArrayList<>(List.of(contender.named() + seeds(contender)));
            results.cases(1).forEach(each -> row.add(scores.cell(contender.name(), each.name())));
            table.row(row);
        }
        List<String> ceiling = new ArrayList<>(List.of("the most that is possible without a cache"));
        results.cases(1).forEach(each -> ceiling.add(Figures.percent(each.withoutCache(), each.prompts())));
        return table.row(ceiling).text();
    }
}
