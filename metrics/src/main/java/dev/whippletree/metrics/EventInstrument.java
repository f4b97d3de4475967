package dev.whippletree.metrics;

import java.util.List;
import java.util.stream.DoubleStream;

/** What is recorded of each prompt or call that has ended: its name, unit, description, buckets and labels. */
enum EventInstrument {
    PROMPTS(
            Own.PREFIX + "prompts",
            "{prompt}",
            "Finished prompts, by outcome: service, cache, joined (by an equal prompt's call), failed, cancelled",
            List.of(),
            Own.ENGINE,
            Own.OUTCOME,
            Own.REASON),
    PROMPT_DURATION(
            Own.PREFIX + "prompt.duration",
            "s",
            "Time from the submission of a prompt to its end",
            Own.SECONDS,
            Own.ENGINE,
            Own.OUTCOME),
    PROMPT_WAITED(
            Own.PREFIX + "prompt.waited",
            "s",
            "How long an answered prompt waited for room before the call that answered it",
            Own.SECONDS,
            Own.ENGINE),
    CALL_DURATION(
            GenAi.DURATION,
            "s",
            "Time from the start of a call to its end",
            GenAi.SECONDS,
            GenAi.OPERATION,
            GenAi.PROVIDER,
            GenAi.REQUEST_MODEL,
            GenAi.RESPONSE_MODEL,
            GenAi.ERROR),
    FIRST_CHUNK(
            GenAi.FIRST_CHUNK,
            "s",
            "Time from the start of a streamed call to its first piece",
            GenAi.SECONDS,
            GenAi.OPERATION,
            GenAi.PROVIDER,
            GenAi.REQUEST_MODEL,
            GenAi.RESPONSE_MODEL),
    TOKENS(
            GenAi.TOKENS,
            "{token}",
            "Tokens as the service counted them",
            DoubleStream.iterate(1, tokens -> tokens * 4).limit(14).boxed().toList(),
            GenAi.OPERATION,
            GenAi.PROVIDER,
            GenAi.REQUEST_MODEL,
            GenAi.RESPONSE_MODEL,
            GenAi.TOKEN_TYPE);

    private final String fullName;
    private final String unit;
    private final String meaning;
    private final List<Double> buckets;
    private final List<String> labels;

    EventInstrument(String fullName, String unit, String meaning, List<Double> buckets, String... labels) {
        this.fullName = fullName;
        this.unit = unit;
        this.meaning = meaning;
        this.buckets = buckets;
        this.labels = List.of(labels);
    }

    String fullName() {
        return fullName;
    }

    /** Returns the unit as OpenTelemetry writes it. */
    String unit() {
        return unit;
    }

    /** Returns whether it is a time, in seconds. */
    boolean isTime() {
        return unit.equals("s");
    }

    String meaning() {
        return meaning;
    }

    /** Returns the bounds of its buckets; none if it only counts. */
    List<Double> buckets() {
        return buckets;
    }

    /** Returns the names of all labels that an event of it may have. */
    List<String> labels() {
        return labels;
    }
}
