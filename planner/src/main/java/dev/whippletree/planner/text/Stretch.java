package dev.whippletree.planner.text;

import dev.whippletree.planner.Outcome.Minute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Consecutive minutes that are shown as one row. Immutable.
 *
 * @param minutes at least one
 */
record Stretch(List<Minute> minutes) {

    /** The first minutes are told one by one, since it is then that everything is new. */
    private static final int SINGLE = 5;

    private static final int LATER = 5;
    private static final int MUCH_LATER = 10;
    private static final int MANY = 120;

    /** Copies the minutes. */
    public Stretch {
        minutes = List.copyOf(minutes);
    }

    /** Returns a timeline in stretches: five minutes one by one, then five or ten together, or as many as make a short table. */
    public static List<Stretch> briefly(List<Minute> timeline) {
        List<Stretch> stretches = new ArrayList<>();
        int from = 0;
        while (from < timeline.size()) {
            int to = Math.min(timeline.size(), from + length(from, timeline.size()));
            stretches.add(new Stretch(timeline.subList(from, to)));
            from = to;
        }
        return stretches;
    }

    private static int length(int from, int all) {
        if (from < SINGLE) {
            return 1;
        }
        if (all > MANY) {
            return Math.max(MUCH_LATER, all / MUCH_LATER);
        }
        return from < MUCH_LATER ? LATER : MUCH_LATER;
    }

    /** Returns which minutes these are: {@code 3} or {@code 6–10}. */
    public String name() {
        int first = minutes.get(0).number();
        int last = last().number();
        return first == last ? String.valueOf(first) : first + "–" + last;
    }

    /** Returns how many prompts were asked. */
    public long asked() {
        return sum(Minute::asked);
    }

    /** Returns how many prompts were answered, of whatever source. */
    public long answered() {
        return sum(Minute::answered);
    }

    /** Returns how many of them were answered from the cache. */
    public long fromCache() {
        return sum(Minute::fromCache);
    }

    /** Returns how many of them were answered by a call that an equal prompt had caused. */
    public long joined() {
        return sum(Minute::joined);
    }

    /** Returns how many calls were made. */
    public long calls() {
        return sum(Minute::calls);
    }

    /** Returns the share of answers that needed no call of their own, 0 to 1; 0 if there are none. */
    public double hitRate() {
        return answered() == 0 ? 0 : (double) (fromCache() + joined()) / answered();
    }

    /** Returns how many calls were made on each account, in the outcome's order. */
    public List<Long> callsByAccount() {
        return IntStream.range(0, last().callsByAccount().size())
                .mapToObj(account -> sum(minute -> minute.callsByAccount().get(account)))
                .toList();
    }

    /** Returns the p95 of the worst of these minutes. */
    public Duration p95Waited() {
        return minutes.stream()
                .map(Minute::p95Waited)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns how many prompts were asked and not answered at the end. */
    public long open() {
        return last().open();
    }

    private Minute last() {
        return minutes.get(minutes.size() - 1);
    }

    private long sum(ToLongFunction<Minute> number) {
        return minutes.stream().mapToLong(number).sum();
    }
}
