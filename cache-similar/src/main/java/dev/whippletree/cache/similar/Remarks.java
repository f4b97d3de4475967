package dev.whippletree.cache.similar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

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
        List<String> remarks = new ArrayList<>();
        reports.stream()
                .sorted(Comparator.comparingInt(
                                (AnswerScope.Report report) -> report.measured().requests())
                        .reversed())
                .limit(MOST_TOLD)
                .forEach(report -> remarks.add(of(report, serving, maxError)));
        if (reports.size() > MOST_TOLD) {
            remarks.add((reports.size() - MOST_TOLD) + " more scopes with fewer requests");
        }
        if (steppedAside > 0) {
            remarks.add(steppedAside + " questions were skipped under load");
        }
        if (lostVerdicts > 0) {
            remarks.add(lostVerdicts
                    + " verdicts were lost because the verifier failed or couldn't keep up; they count as wrong");
        }
        return remarks;
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
