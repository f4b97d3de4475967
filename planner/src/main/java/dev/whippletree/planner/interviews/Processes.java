package dev.whippletree.planner.interviews;

import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.List;

/**
 * The number of processes that run the interviews, and whether they cooperate. Immutable.
 *
 * @param number the number of processes, 1 or more
 * @param together whether they share a cache, their limits and their calls; if not, each gets its part of every limit and makes
 *     its own calls
 */
public record Processes(int number, boolean together) {

    /** One process. */
    public static final Processes ONE = new Processes(1, true);

    /** Checks the range. */
    public Processes {
        if (number < 1) {
            throw new IllegalArgumentException("there are 1 or more processes, not " + number);
        }
    }

    /** Returns which interviews each conducts. */
    public List<Part> parts() {
        return Part.all(number);
    }

    /**
     * Returns what each may declare of a limit, so that all together keep it.
     *
     * @throws IllegalArgumentException if that is nothing
     */
    public Limit declared(Limit limit) {
        if (together) {
            return limit;
        }
        if (limit.amount() < number) {
            throw new IllegalArgumentException(limit + " can't be divided among " + number + " processes");
        }
        return new Limit(limit.unit(), limit.amount() / number, limit.window());
    }

    /** Returns how many calls there are if nothing fails: one for each question that is asked by those who share it. */
    public long calls(Interviews interviews) {
        if (together) {
            return interviews.distinct();
        }
        InterviewPlan plan = InterviewPlan.of(interviews);
        return parts().stream().mapToLong(plan::distinct).sum();
    }

    /** Returns the time below which the last call can't have been taken, by limits and outages. */
    Duration lowerBound(StressSettings settings) {
        if (together) {
            return LowerBound.of(settings, settings.interviews().distinct());
        }
        InterviewPlan plan = InterviewPlan.of(settings.interviews());
        long most = parts().stream().mapToLong(plan::distinct).max().orElseThrow();
        return LowerBound.of(settings.withLimit(declared(settings.limit())), most);
    }
}
