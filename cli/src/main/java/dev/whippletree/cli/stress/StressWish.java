package dev.whippletree.cli.stress;

import dev.whippletree.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user wants of a stress run, as it was typed. What is absent is as in the standard run. Immutable.
 *
 * @param interviews how many start at once
 * @param questions how many each asks
 * @param repeat the share of prompts that repeat another
 * @param think how long each pauses between questions
 * @param seed where chance starts
 * @param accounts how many emulated accounts there are
 * @param latency how long emulated answers take
 * @param faults what goes wrong
 * @param tight whether to start from the tight case instead of the main one
 * @param cache the name of the cache, or {@code none}
 * @param processes how many processes conduct the interviews
 * @param redis where the Redis is that they share; absent: they share nothing
 */
public record StressWish(
        Optional<Integer> interviews,
        Optional<Integer> questions,
        Optional<Double> repeat,
        Optional<Duration> think,
        Optional<Long> seed,
        Optional<Integer> accounts,
        Optional<String> latency,
        List<String> faults,
        boolean tight,
        String cache,
        int processes,
        Optional<Secret> redis) {

    /** The name that stands for no cache at all. */
    static final String NO_CACHE = "none";

    /** Copies what is mutable. */
    public StressWish {
        faults = List.copyOf(faults);
    }
}
