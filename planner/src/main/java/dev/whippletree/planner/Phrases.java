package dev.whippletree.planner;

import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Shares, lists and times as sentences have them. Stateless. */
final class Phrases {

    private static final int NAMED = 3;
    private static final double PERCENT = 100;
    private static final double MILLIS_PER_SECOND = 1000;

    private Phrases() {}

    /** Returns {@code 85 %}, or {@code 8.5 %} where that says more. */
    static String percent(double share) {
        double percent = Math.round(share * PERCENT * 10) / 10.0;
        return percent == Math.rint(percent)
                ? String.format(Locale.ROOT, "%,.0f %%", percent)
                : String.format(Locale.ROOT, "%,.1f %%", percent);
    }

    /** Returns {@code hf-1}, {@code hf-1 and hf-2} or {@code hf-1, hf-2 and 8 others}. */
    static String list(List<String> names) {
        int all = names.size();
        if (all == 1) {
            return names.get(0);
        }
        if (all > NAMED) {
            return String.join(", ", names.subList(0, NAMED - 1)) + " and " + (all - NAMED + 1) + " others";
        }
        return String.join(", ", names.subList(0, all - 1)) + " and " + names.get(all - 1);
    }

    /**
     * Returns {@code 7 d}, {@code 24 h}, {@code 90 min}, {@code 17.3 s}: the largest unit of which it is a whole
     * number.
     */
    static String time(Duration time) {
        long seconds = time.toSeconds();
        if (time.isZero() || time.toNanosPart() > 0 || seconds % 60 != 0) {
            return String.format(Locale.ROOT, "%,.1f s", time.toMillis() / MILLIS_PER_SECOND);
        }
        if (seconds % 86_400 == 0 && seconds > 86_400) {
            return Words.count(seconds / 86_400) + " d";
        }
        return seconds % 3600 == 0 ? Words.count(seconds / 3600) + " h" : Words.count(seconds / 60) + " min";
    }
}
