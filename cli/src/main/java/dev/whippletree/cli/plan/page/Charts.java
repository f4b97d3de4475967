package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.plan.answer.Stretch;
import dev.whippletree.cli.plan.page.Lines.Mark;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The pictures of one outcome: waiting, quotas, calls of each account, where answers came from. Immutable. */
final class Charts {

    /** As many as there are colours that everybody can tell apart. */
    private static final int MOST_SERIES = 7;

    private static final double TIGHT = 0.9;
    private static final double PERCENT = 100;

    private final Outcome outcome;
    private final Timing timing;
    private final List<Stretch> stretches;

    Charts(Outcome outcome) {
        this.outcome = outcome;
        this.timing = Timing.of(outcome);
        this.stretches = timing.stretches();
    }

    void draw(Html html) {
        if (stretches.isEmpty()) {
            html.element("p", "There is no timeline: this was decided by arithmetic alone.");
            return;
        }
        html.markup("<div class=\"charts\">\n");
        waiting(html);
        if (!outcome.limits().isEmpty()) {
            quotas(html);
        }
        calls(html);
        sources(html);
        html.markup("</div>\n");
    }

    private void waiting(Html html) {
        double longest = stretches.stream()
                .map(Stretch::worstWaited)
                .mapToDouble(Charts::seconds)
                .max()
                .orElse(0);
        TimeUnit unit = TimeUnit.of(longest);
        new Lines(
                        "How long prompts waited for room",
                        unit.name(),
                        List.of("the longest", "19 in 20 no longer than"),
                        stretch -> List.of(
                                seconds(stretch.worstWaited()) / unit.seconds(),
                                seconds(stretch.p95Waited()) / unit.seconds()),
                        Charts::brief)
                .draw(html, timing, Scale.of(Math.max(1, longest / unit.seconds())), List.of());
    }

    /**
     * A unit in which times of some length are easily read.
     *
     * @param name how it is called
     * @param seconds how long it is
     */
    private record TimeUnit(String name, double seconds) {

        static TimeUnit of(double longestSeconds) {
            if (longestSeconds <= 180) {
                return new TimeUnit("seconds", 1);
            }
            return longestSeconds <= 3 * 3600 ? new TimeUnit("minutes", 60) : new TimeUnit("hours", 3600);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static String brief(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%,.1f", value);
    }

    private void quotas(Html html) {
        List<Integer> shown = IntStream.range(0, outcome.limits().size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        index -> -outcome.limits().get(index).share()))
                .limit(MOST_SERIES)
                .sorted()
                .toList();
        String title = shown.size() == outcome.limits().size()
                ? "How full the limits were"
                : "How full the " + shown.size() + " fullest limits were";
        new Lines(
                        title,
                        "% of the limit",
                        shown.stream()
                                .map(index -> name(outcome.limits().get(index)))
                                .toList(),
                        stretch -> shown.stream()
                                .map(index -> stretch.limitShares().get(index) * PERCENT)
                                .toList(),
                        Charts::brief)
                .draw(html, timing, new Scale(PERCENT, 25), List.of(new Mark(TIGHT * PERCENT, "90 %: tight above")));
    }

    private static String name(LimitUse limit) {
        return limit.organization() + ": " + limit.limit();
    }

    private void calls(Html html) {
        List<String> names = new ArrayList<>(outcome.accounts().stream()
                .map(AccountUse::id)
                .limit(outcome.accounts().size() > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES)
                .toList());
        int single = names.size();
        int others = outcome.accounts().size() - single;
        if (others > 0) {
            names.add(others + " others together");
        }
        new Bars("Calls on each account", "calls", names, stretch -> counts(stretch.callsByAccount(), single, others))
                .draw(html, timing);
    }

    private static List<Long> counts(List<Long> calls, int single, int others) {
        List<Long> counts = new ArrayList<>(calls.subList(0, single));
        if (others > 0) {
            counts.add(calls.subList(single, calls.size()).stream()
                    .mapToLong(Long::longValue)
                    .sum());
        }
        return counts;
    }

    private void sources(Html html) {
        new Bars(
                        "Where answers came from",
                        "answers",
                        List.of("a call of their own", "another's call", "the cache"),
                        stretch -> List.of(
                                stretch.answered() - stretch.joined() - stretch.fromCache(),
                                stretch.joined(),
                                stretch.fromCache()))
                .draw(html, timing);
    }
}
