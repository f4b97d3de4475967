package dev.whippletree.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static final int MOST_STOPS = 4;
    private static final double HOTTEST = 2;

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
        temperature.ifPresent(value -> check(value >= 0 && value <= HOTTEST, "temperature must be 0 to 2", value));
        topP.ifPresent(value -> check(value > 0 && value <= 1, "top_p must be above 0 and at most 1", value));
        maxTokens.ifPresent(value -> check(value >= 1, "max tokens must be 1 or more", value));
        stop = List.copyOf(stop);
        if (stop.size() > MOST_STOPS) {
            throw new IllegalArgumentException("at most 4 stop texts, not " + stop.size());
        }
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

    private static void check(boolean right, String rule, Number value) {
        if (!right) {
            throw new IllegalArgumentException(rule + ", not " + value);
        }
    }
}
