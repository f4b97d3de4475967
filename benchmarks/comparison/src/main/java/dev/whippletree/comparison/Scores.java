package dev.whippletree.comparison;

import java.util.List;
import java.util.Optional;

/** How each contender did in each case, by all seeds that were measured. Immutable. */
final class Scores {

    private final Results results;

    Scores(Results results) {
        this.results = results;
    }

    private List<Score> all(String contender, String name) {
        return results.of(contender, name)
                .map(run -> Score.of(run, results.setting(run)))
                .sorted()
                .toList();
    }

    Optional<Score> median(String contender, String name) {
        List<Score> scores = all(contender, name);
        return scores.isEmpty() ? Optional.empty() : Optional.of(Score.median(scores));
    }

    /** Returns the run that is the median. */
    Optional<Results.Answered> medianRun(String contender, String name) {
        return median(contender, name)
                .flatMap(median -> results.of(contender, name)
                        .filter(run -> Score.of(run, results.setting(run)).equals(median))
                        .findFirst());
    }

    /**
     * Returns a cell: the median, the best and the worst where they differ, and how many answers were wrong
     * by the seed with the most.
     */
    String cell(String contender, String name) {
        List<Score> scores = all(contender, name);
        if (scores.isEmpty()) {
            return "–";
        }
        Score median = Score.median(scores);
        String best = scores.get(0).text();
        String worst = scores.get(scores.size() - 1).text();
        String range = best.equals(worst) ? "" : " (" + best + " to " + worst + ")";
        long wrong = results.of(contender, name)
                .mapToLong(run -> run.said().wrong())
                .max()
                .orElse(0);
        return median.text()
                + (median.atCeiling() ? " " + Score.CEILING : "")
                + range
                + (wrong == 0 ? "" : ", " + Figures.count(wrong) + " wrong");
    }

    /** Returns the share of prompts that it answered, as the mean of all cases of a seed. */
    double meanShare(String contender, long seed) {
        return results.cases(seed).stream()
                .mapToDouble(each -> results.of(contender, each.name(), seed)
                        .map(run -> Score.of(run, each).share())
                        .orElse(0.0))
                .average()
                .orElse(0);
    }

    /** Returns the time that it took, divided by the bound, as the mean of all cases of a seed. */
    double meanTime(String contender, long seed) {
        return results.cases(seed).stream()
                .mapToDouble(each -> results.of(contender, each.name(), seed)
                        .map(run -> run.took().wallSeconds() / each.boundSeconds())
                        .orElse(3.0))
                .average()
                .orElse(3);
    }
}
