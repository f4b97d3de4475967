package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.plan.answer.Stretch;
import dev.whippletree.planner.Outcome;
import java.util.List;

/**
 * What stands side by side on a chart: seconds of a short run, else minutes. Immutable.
 *
 * @param each what a single one is: {@code minute} or {@code second}
 * @param stretches one or several of them each, in order
 */
record Timing(String each, List<Stretch> stretches) {

    private static final int MOST_STRETCHES = 120;

    Timing {
        stretches = List.copyOf(stretches);
    }

    static Timing of(Outcome outcome) {
        return outcome.seconds().isEmpty()
                ? new Timing("minute", Stretch.evenly(outcome.timeline(), MOST_STRETCHES))
                : new Timing("second", Stretch.evenly(outcome.seconds(), MOST_STRETCHES));
    }
}
