package dev.whippletree.cli.plan;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.PriceList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user wants planned, as it was typed. What is absent is as in the standard plan. Immutable.
 *
 * @param interviews how many there are, a plan for each
 * @param load what they ask
 * @param pool whom they ask
 * @param latency how long an answer takes
 * @param horizon in what time everybody has to be answered
 * @param longestWait how long a prompt may wait for room
 * @param processes over how many processes some of the advice spreads the interviews
 * @param seed where chance starts
 * @param advice whether variants are simulated too
 * @param output what comes of it
 */
public record PlanWish(
        List<Integer> interviews,
        Load load,
        Pool pool,
        Optional<String> latency,
        Optional<Duration> horizon,
        Optional<Duration> longestWait,
        Optional<Integer> processes,
        Optional<Long> seed,
        boolean advice,
        Output output) {

    /** Copies what is mutable. */
    public PlanWish {
        interviews = List.copyOf(interviews);
    }

    /**
     * What the interviews ask.
     *
     * @param questions how many each asks
     * @param repeat the share of prompts that repeat another, 0 to 1
     * @param distinct how many questions there are to draw from
     * @param promptTokens the tokens of a prompt
     * @param answerTokens the tokens of an answer
     * @param maxTokens the bound on an answer that is sent along
     * @param interview how long an interview takes if nobody has to wait
     * @param over in what time the interviews start
     */
    public record Load(
            Optional<Integer> questions,
            Optional<Double> repeat,
            Optional<Integer> distinct,
            Optional<Integer> promptTokens,
            Optional<Integer> answerTokens,
            Optional<Integer> maxTokens,
            Optional<Duration> interview,
            Optional<Duration> over) {}

    /**
     * Whom the interviews ask: either accounts as they were typed, or those of a configuration.
     *
     * @param accounts the accounts as they were typed
     * @param model the model that typed accounts are asked for
     * @param configuration the configuration, if no accounts were typed
     * @param strategy how a target is chosen
     * @param addedTier the accounts that a line of advice adds
     */
    public record Pool(
            Optional<String> accounts,
            Optional<String> model,
            Optional<Configuration> configuration,
            Optional<String> strategy,
            Optional<String> addedTier) {}

    /**
     * What comes of the plan.
     *
     * @param prices what tokens cost, if somebody said so
     * @param runsPerMonth how often the interviews are held in a month, 1 or more
     * @param json whether to print JSON instead of text
     * @param report the page to write
     */
    public record Output(Optional<PriceList> prices, int runsPerMonth, boolean json, Optional<Path> report) {}
}
