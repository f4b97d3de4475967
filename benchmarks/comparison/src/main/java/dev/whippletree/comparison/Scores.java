package dev.whippletree.comparison;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/** How each contender did in each case, by all seeds that were measured. Immutable. */
record Scores(Results results) {

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

    /**
     * Returns the order of contenders by the first seed: those first that answered the largest share of prompts, as the
     * mean of all cases; among equals, who took less time over the bound.
     */
    Comparator<String> bestFirst() {
        return Comparator.comparingDouble((String name) ->
                        -mean(name, (run, of) -> Score.of(run, of).share(), 0))
                .thenComparingDouble(name -> mean(name, (run, of) -> run.took().wallSeconds() / of.boundSeconds(), 3));
    }

    /** @param otherwise what counts for a case that wasn't measured */
    private double mean(
            String contender, ToDoubleBiFunction<Results.Answered, Results.Setting> value, double otherwise) {
        return results.cases(1).stream()
                .mapToDouble(each -> results.of(contender, each.name(), 1)
                        .map(run -> value.applyAsDouble(run, each))
                        .orElse(otherwise))
                .average()
                .orElse(otherwise);
    }
}
