package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Five findings, in words that hold whatever was measured by a whole seed. Confined to one thread. */
final class Findings {

    private static final String OURS = "whippletree";

    /** A contender that can't be asked in one case leaves the findings as they are; the page says what is covered. */
    private static final int MISSING_AT_MOST_ONE_IN = 50;

    private final Results results;
    private final Scores scores;
    private final List<Results.Setting> cases;

    Findings(Results results) {
        this.results = results;
        this.scores = new Scores(results);
        this.cases = results.cases(1);
    }

    String text() {
        long missing = results.contenders().stream()
                .flatMap(each -> cases.stream().map(setting -> results.of(each.name(), setting.name(), 1)))
                .filter(Optional::isEmpty)
                .count();
        // Other seeds follow once nothing of the first can be measured any more.
        boolean over = results.answered().stream().anyMatch(run -> run.seed() > 1);
        boolean tooFew =
                missing * MISSING_AT_MOST_ONE_IN > (long) results.contenders().size() * cases.size();
        if (tooFew && !over) {
            return "None before the first seed is complete: missing are " + Figures.count(missing)
                    + " pairs of contender and case.";
        }
        List<String> findings =
                List.of(wholeCases(), cacheDecides(), othersAreBetter(), closestOther(), refusedAndWrong());
        return IntStream.range(0, findings.size())
                .mapToObj(i -> i + 1 + ". " + findings.get(i))
                .collect(Collectors.joining("\n"));
    }

    private String wholeCases() {
        Map<Long, List<String>> byCases = new TreeMap<>(Comparator.reverseOrder());
        long fewer = 0;
        for (Results.About contender : results.contenders()) {
            long whole = wholeCases(contender.name());
            if (whole * 2 > cases.size()) {
                byCases.computeIfAbsent(whole, number -> new ArrayList<>()).add(contender.title());
            } else {
                fewer++;
            }
        }
        return "**In how many of " + cases.size()
                + " cases all prompts are answered** (with two seeds of three at least). "
                + byCases.entrySet().stream()
                        .map(each -> "In " + each.getKey() + ": " + String.join("; ", each.getValue()) + ". ")
                        .collect(Collectors.joining())
                + "In half of them or fewer: " + fewer + " of "
                + results.contenders().size() + " rows.";
    }

    private long wholeCases(String contender) {
        return cases.stream().filter(each -> isWhole(contender, each)).count();
    }

    private String cacheDecides() {
        List<Results.Setting> decided = cases.stream()
                .filter(each -> each.withoutCache() < each.prompts())
                .toList();
        return "**Where questions are repeated, a cache decides.** "
                + decided.stream().map(this::cacheDecides).collect(Collectors.joining(" "));
    }

    private String cacheDecides(Results.Setting setting) {
        List<Score> all = results.contenders().stream()
                .flatMap(each -> scores.median(each.name(), setting.name()).stream())
                .toList();
        return "`" + setting.name() + "`: "
                + Figures.percent(setting.withoutCache(), setting.prompts()) + " without one, which "
                + all.stream().filter(Score::atCeiling).count() + " of " + all.size() + " rows reach; "
                + all.stream().filter(Score::isWhole).count() + " answer all.";
    }

    private String othersAreBetter() {
        return "**Where others do better than Whippletree,** how many, and the best of them. "
                + results.contenders().stream()
                        .filter(Results.About::isOurs)
                        .map(this::better)
                        .collect(Collectors.joining(" "));
    }

    private record Ranked(String title, Score score) {}

    private String better(Results.About ours) {
        List<String> found = new ArrayList<>();
        for (Results.Setting each : cases) {
            Optional<Score> own = scores.median(ours.name(), each.name());
            if (own.isEmpty()) {
                found.add("`" + each.name() + "` isn't measured");
                continue;
            }
            List<Ranked> better = others().stream()
                    .flatMap(other ->
                            scores
                                    .median(other.name(), each.name())
                                    .map(score -> new Ranked(other.title(), score))
                                    .stream())
                    .filter(other -> other.score().compareTo(own.get()) < 0
                            && !other.score().text().equals(own.get().text()))
                    .sorted(Comparator.comparing(Ranked::score))
                    .toList();
            if (!better.isEmpty()) {
                found.add("`" + each.name() + "` " + better.size() + " ("
                        + better.get(0).title() + " " + better.get(0).score().text() + ")");
            }
        }
        return "*" + ours.title() + ":* " + (found.isEmpty() ? "nowhere" : String.join("; ", found)) + ".";
    }

    private List<Results.About> others() {
        return results.contenders().stream().filter(each -> !each.isOurs()).toList();
    }

    private String closestOther() {
        Optional<Results.About> closest =
                others().stream().min(Comparator.comparing(Results.About::name, scores.bestFirst()));
        if (closest.isEmpty()) {
            return "**How close the best of the others comes.** No other was measured.";
        }
        String name = closest.get().name();
        List<Double> times = cases.stream()
                .filter(each -> isWhole(name, each) && isWhole(OURS, each))
                .map(each -> scores.median(name, each.name()).orElseThrow().overBound()
                        / scores.median(OURS, each.name()).orElseThrow().overBound())
                .sorted()
                .toList();
        return "**How close the best of the others comes.** " + "*"
                + closest.get().title() + "* answers all prompts in "
                + wholeCases(name) + " of " + cases.size() + " cases"
                + (times.isEmpty()
                        ? "."
                        : "; where Whippletree does too, it takes " + Figures.rounded(times.get(0), 2) + " to "
                                + Figures.rounded(times.get(times.size() - 1), 2) + " times as long, "
                                + Figures.rounded(times.get(times.size() / 2), 2) + " in the median.");
    }

    private boolean isWhole(String contender, Results.Setting setting) {
        return scores.median(contender, setting.name()).filter(Score::isWhole).isPresent();
    }

    private String refusedAndWrong() {
        List<Results.About> others = others().stream()
                .sorted(Comparator.comparingLong(each -> refused(each.name())))
                .toList();
        String wrong = results.contenders().stream()
                .filter(each -> wrong(each.name()) > 0)
                .map(each -> each.title() + " " + Figures.count(wrong(each.name())))
                .collect(Collectors.joining("; "));
        String ours = results.contenders().stream()
                .filter(Results.About::isOurs)
                .map(this::refusedBy)
                .collect(Collectors.joining(", "));
        return "**Refused calls and wrong answers.** In all cases of the first seed, services refused calls for a limit: "
                + ours
                + (others.isEmpty()
                        ? ""
                        : "; of the others' from " + refusedBy(others.get(0)) + " to "
                                + refusedBy(others.get(others.size() - 1)))
                + ". Returned as whole by that seed, though it wasn't: "
                + (wrong.isEmpty() ? "nothing by anybody" : wrong) + ".";
    }

    private String refusedBy(Results.About contender) {
        return Figures.count(refused(contender.name())) + " (" + contender.title() + ")";
    }

    private long refused(String contender) {
        return sum(contender, run -> run.seen().rateLimited());
    }

    private long wrong(String contender) {
        return sum(contender, run -> run.said().wrong());
    }

    private long sum(String contender, ToLongFunction<Results.Answered> value) {
        return results.answered().stream()
                .filter(run -> run.contender().equals(contender) && run.seed() == 1)
                .mapToLong(value)
                .sum();
    }
}
