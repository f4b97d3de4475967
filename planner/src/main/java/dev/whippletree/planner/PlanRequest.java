package dev.whippletree.planner;

import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.model.Latency;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A request for a plan. Immutable; made by {@link #of} and changed by its {@code with…} methods.
 *
 * @param sizes numbers of interviews, one plan for each, at least one
 * @param workload the questions of the interviews
 * @param pool the accounts to use
 * @param latency how long an answer takes once its call was admitted
 * @param horizon the time by which every prompt must be answered; the simulation ends there
 * @param longestWait how long a single prompt may wait for room before that counts as not answered in time; absent: as
 *     long as the horizon
 * @param seed the seed of all random choices
 * @param advice whether to look for the fewest accounts of each kind, and to simulate variants of each size
 * @param prices the price of tokens, which tells when a credit runs out; absent: no credit ever does
 */
public record PlanRequest(
        List<Integer> sizes,
        Workload workload,
        AccountPool pool,
        Latency latency,
        Duration horizon,
        Optional<Duration> longestWait,
        long seed,
        boolean advice,
        Optional<PriceList> prices) {

    /** What Groq's free plan allowed in September 2026: an example for those who declare no limits. */
    public static final String GROQ_FREE = "groq:1x30/min+1000/d+8000tok/min+200000tok/d";

    public static final Duration LONGEST_HORIZON = Duration.ofDays(31);

    /**
     * By what share of the mean an answer's time may differ where nothing is said of it: no service takes equally long
     * each time.
     */
    private static final double USUAL_SPREAD = 0.2;

    public PlanRequest {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty() || sizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("a plan needs 1 or more interviews, not " + sizes);
        }
        if (workload.prompts().isPresent()
                && !sizes.equals(List.of(workload.prompts().get().sessions()))) {
            throw new IllegalArgumentException("a file's prompts have one size: the number of its sessions");
        }
        if (horizon.isNegative() || horizon.isZero() || horizon.compareTo(LONGEST_HORIZON) > 0) {
            throw new IllegalArgumentException(
                    "a plan must look ahead more than zero and at most 31 days, not " + Phrases.time(horizon));
        }
        if (longestWait.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException("a wait can't be negative: " + Phrases.time(longestWait.get()));
        }
        Duration shortest = workload.over()
                .plus(workload.interview().orElse(Duration.ZERO))
                .plus(workload.prompts().map(PromptList::span).orElse(Duration.ZERO));
        if (shortest.compareTo(horizon) > 0) {
            throw new IllegalArgumentException("the last " + workload.unit() + " ends after " + Phrases.time(shortest)
                    + " at the earliest, but the plan looks ahead for " + Phrases.time(horizon)
                    + " only; look further ahead, or let the " + workload.unit() + "s start or end sooner");
        }
    }

    /**
     * Returns a request of one hour with answers of one second, give or take a fifth, the standard workload, and
     * advice.
     */
    public static PlanRequest of(List<Integer> sizes, AccountPool pool) {
        return new PlanRequest(
                sizes,
                Workload.STANDARD,
                pool,
                Latency.uniform(Duration.ofSeconds(1), USUAL_SPREAD),
                Duration.ofHours(1),
                Optional.empty(),
                1,
                true,
                Optional.empty());
    }

    public PlanRequest withWorkload(Workload workload) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, prices);
    }

    /**
     * Returns the same with another latency as users write it. One that is said to be constant is taken for a mean,
     * from which times differ by a fifth at most: calls that end all at once would hide what limits cost.
     */
    public PlanRequest withUsualLatency(Latency latency) {
        return withLatency(
                latency.shape() == Latency.Shape.CONSTANT ? Latency.uniform(latency.mean(), USUAL_SPREAD) : latency);
    }

    public PlanRequest withLatency(Latency latency) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, prices);
    }

    public PlanRequest withHorizon(Duration horizon) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, prices);
    }

    /** Returns the same with a bound on each prompt's wait for room. */
    public PlanRequest withLongestWait(Duration longestWait) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, Optional.of(longestWait), seed, advice, prices);
    }

    public PlanRequest withSeed(long seed) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, prices);
    }

    public PlanRequest withAdvice(boolean advice) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, prices);
    }

    /** Returns the same with a list of prices, by which credits run out. */
    public PlanRequest withPrices(PriceList prices) {
        return new PlanRequest(sizes, workload, pool, latency, horizon, longestWait, seed, advice, Optional.of(prices));
    }
}
