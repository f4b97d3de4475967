package dev.whippletree.cache.similar;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Says in sentences how the scopes do. */
final class Remarks {

    /** Of so many scopes, those with most requests, something is said. */
    private static final int MOST_TOLD = 5;

    private Remarks() {}

    /**
     * Returns what a user should know, a sentence each.
     *
     * @param serving whether answers are served; else it is said what would have been
     * @param steppedAside how many questions weren't looked up since there was too much to do
     * @param lostVerdicts how often a verifier failed, or had too much to do to be asked
     */
    static List<String> of(
            List<AnswerScope.Report> reports, boolean serving, double maxError, long steppedAside, long lostVerdicts) {
        Stream<String> scopes = reports.stream()
                .sorted(Comparator.comparingInt(
                                (AnswerScope.Report report) -> report.measured().requests())
                        .reversed())
                .limit(MOST_TOLD)
                .map(report -> of(report, serving, maxError));
        Stream<String> more = reports.size() <= MOST_TOLD
                ? Stream.of()
                : Stream.of((reports.size() - MOST_TOLD) + " more scopes with fewer requests");
        Stream<String> aside =
                steppedAside == 0 ? Stream.of() : Stream.of(steppedAside + " questions were skipped under load");
        Stream<String> lost = lostVerdicts == 0
                ? Stream.of()
                : Stream.of(lostVerdicts
                        + " verdicts were lost because the verifier failed or couldn't keep up; they count as wrong");
        return Stream.of(scopes, more, aside, lost).flatMap(lines -> lines).toList();
    }

    private static String of(AnswerScope.Report report, boolean serving, double maxError) {
        String name = "scope " + report.name() + ": ";
        MeasuredError measured = report.measured();
        if (report.off()) {
            return name + "off: more than " + percent(maxError) + " of requests got wrong answers; measuring anew";
        }
        if (Double.isInfinite(report.threshold())) {
            return name + measured.requests() + " requests; no score keeps wrong answers within " + percent(maxError)
                    + " yet" + overdue(report);
        }
        return name + measured.requests() + " requests, " + measured.hits()
                + (serving ? " served" : " would have been served")
                + " from score " + String.format(Locale.ROOT, "%.2f", report.threshold()) + " on, "
                + measured.audits() + " audits" + errors(measured) + calledWrong(measured) + overdue(report);
    }

    private static String calledWrong(MeasuredError measured) {
        return measured.calledWrong() == 0 ? "" : "; " + measured.calledWrong() + " hits were called wrong";
    }

    private static String overdue(AnswerScope.Report report) {
        return report.overdue() == 0 ? "" : "; " + report.overdue() + " unjudged answers count as wrong";
    }

    private static String errors(MeasuredError measured) {
        if (measured.audits() == 0) {
            return "";
        }
        double hits = measured.hitRate();
        return "; wrong " + percent(measured.perRequest()) + " of requests ("
                + range(measured.perHitAtLeast() * hits, measured.perHitAtMost() * hits) + "), "
                + percent(measured.perHit()) + " of hits ("
                + range(measured.perHitAtLeast(), measured.perHitAtMost()) + ")";
    }

    private static String range(double least, double most) {
        return percent(least) + " to " + percent(most);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
