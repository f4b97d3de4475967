package dev.whippletree.comparison;

import java.util.Comparator;
import java.util.List;

/**
 * How a contender did in a case by one seed, as a cell says it. Better ones come first: who answered all, the quicker
 * first; then who answered more.
 *
 * @param isVoid why it counts for nothing, or empty
 * @param overBound the time, divided by the bound
 * @param atCeiling whether it answered as much as can be answered without a cache, where that isn't all
 */
record Score(String isVoid, double overBound, long right, long prompts, boolean atCeiling)
        implements Comparable<Score> {

    /** The mark of a cell that says all that is possible without a cache. */
    static final String CEILING = "(max)";

    /** A time below the bound by more than what is rounded away. */
    private static final double IMPOSSIBLE = 0.995;

    private static final Comparator<Score> BETTER_FIRST = Comparator.comparing((Score score) -> !score.isVoid.isEmpty())
            .thenComparing(score -> !score.isWhole())
            .thenComparingDouble(score -> score.isWhole() ? score.overBound : -score.share());

    static Score of(Results.Answered run, Results.Setting setting) {
        double overBound = run.took().wallSeconds() / setting.boundSeconds();
        Results.Said said = run.said();
        return new Score(
                isVoid(run, overBound),
                overBound,
                said.right(),
                said.prompts(),
                setting.withoutCache() < setting.prompts()
                        && Figures.percent(said.right(), said.prompts())
                                .equals(Figures.percent(setting.withoutCache(), setting.prompts())));
    }

    private static String isVoid(Results.Answered run, double overBound) {
        if (run.seen().unasked() > 0) {
            return Figures.count(run.seen().unasked()) + " answers without a call";
        }
        return run.said().isWhole() && overBound < IMPOSSIBLE ? "faster than possible" : "";
    }

    /** Returns that of the case's median seed; of two, the worse. */
    static Score median(List<Score> scores) {
        return scores.stream().sorted().toList().get(scores.size() / 2);
    }

    boolean isWhole() {
        return isVoid.isEmpty() && right == prompts;
    }

    double share() {
        return isVoid.isEmpty() ? (double) right / prompts : 0;
    }

    String text() {
        if (!isVoid.isEmpty()) {
            return "void: " + isVoid;
        }
        return isWhole() ? Figures.rounded(overBound, 2) : Figures.percent(right, prompts);
    }

    @Override
    public int compareTo(Score other) {
        return BETTER_FIRST.compare(this, other);
    }
}
