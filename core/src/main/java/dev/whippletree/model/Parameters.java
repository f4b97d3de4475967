package dev.whippletree.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The parameters of a completion. Immutable. The service chooses parameters that are absent.
 *
 * @param temperature 0 to 2
 * @param topP above 0, up to 1
 * @param maxTokens the most tokens the completion may have, 1 or more; sent by the name that the service prefers
 * @param seed for services that support repeatable answers
 * @param stop texts at which the completion ends, at most 4
 * @param extras all other fields of the protocol's request ({@code tools}, {@code response_format},
 *     {@code reasoning_effort}, …) as JSON values in JDK types, sent unchanged
 */
public record Parameters(
        OptionalDouble temperature,
        OptionalDouble topP,
        OptionalInt maxTokens,
        OptionalLong seed,
        List<String> stop,
        Map<String, Object> extras) {

    /** Fields with a component of their own, which mustn't be among the extras too. */
    private static final Set<String> RESERVED = Set.of(
            "model",
            "messages",
            "temperature",
            "top_p",
            "max_tokens",
            "max_completion_tokens",
            "seed",
            "stop",
            "stream",
            "stream_options");

    /** No parameters: the service chooses all. */
    public static final Parameters NONE = new Parameters(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalLong.empty(),
            List.of(),
            Map.of());

    /** Checks ranges and copies mutable values. */
    public Parameters {
        Objects.requireNonNull(seed, "seed");
        temperature.ifPresent(value -> check("temperature", Range.TEMPERATURE, value));
        topP.ifPresent(value -> check("top_p", Range.TOP_P, value));
        maxTokens.ifPresent(value -> check("max tokens", Range.MAX_TOKENS, value));
        stop = List.copyOf(stop);
        check("stop", Range.STOPS, stop.size());
        extras = JsonValues.copyOfExtras(extras, RESERVED);
    }

    /** Returns how many answers the prompt asks for: {@code n} among the extras, or 1. */
    public int choices() {
        return extras.get("n") instanceof Number number ? Math.max(1, number.intValue()) : 1;
    }

    /** Returns whether a field of the protocol's request has its own place in a prompt, and so is no extra. */
    public static boolean isReserved(String field) {
        return RESERVED.contains(field);
    }

    /** Returns these parameters with other extras. */
    public Parameters withExtras(Map<String, Object> extras) {
        return new Parameters(temperature, topP, maxTokens, seed, stop, extras);
    }

    private static void check(String name, Range range, Number value) {
        range.problem(value).ifPresent(problem -> {
            throw new IllegalArgumentException(name + " " + problem);
        });
    }

    /** The values that parameters may have. */
    public enum Range {
        /** Of the temperature. */
        TEMPERATURE(0, 2, "must be 0 to 2"),
        /** Of the share of probability to choose from. */
        TOP_P(Double.MIN_VALUE, 1, "must be above 0 and at most 1"),
        /** Of the most tokens of a completion. */
        MAX_TOKENS(1, Double.POSITIVE_INFINITY, "must be 1 or more"),
        /** Of the number of stop texts. */
        STOPS(0, 4, "must be at most 4 texts");

        private final double least;
        private final double most;
        private final String rule;

        Range(double least, double most, String rule) {
            this.least = least;
            this.most = most;
            this.rule = rule;
        }

        /** Returns what is wrong with a value, as the end of a sentence that its name begins; empty if nothing is. */
        public Optional<String> problem(Number value) {
            return value.doubleValue() >= least && value.doubleValue() <= most
                    ? Optional.empty()
                    : Optional.of(rule + ", not " + value);
        }
    }
}
