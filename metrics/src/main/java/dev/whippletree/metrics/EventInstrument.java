package dev.whippletree.metrics;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What is recorded of each prompt or call that has ended. Immutable.
 *
 * @param unit as OpenTelemetry writes it; times are in seconds
 * @param buckets none if it only counts
 */
record EventInstrument(String name, String unit, String meaning, List<Double> buckets) {

    static final EventInstrument PROMPTS = new EventInstrument(
            Own.PREFIX + "prompts",
            "{prompt}",
            "Finished prompts, by outcome: service, cache, joined (by an equal prompt's call), failed, cancelled",
            List.of());
    static final EventInstrument PROMPT_DURATION = new EventInstrument(
            Own.PREFIX + "prompt.duration", "s", "Time from the submission of a prompt to its end", Own.SECONDS);
    static final EventInstrument PROMPT_WAITED = new EventInstrument(
            Own.PREFIX + "prompt.waited",
            "s",
            "How long an answered prompt waited for room before the call that answered it",
            Own.SECONDS);
    static final EventInstrument CALL_DURATION =
            new EventInstrument(GenAi.DURATION, "s", "Time from the start of a call to its end", GenAi.SECONDS);
    static final EventInstrument FIRST_CHUNK = new EventInstrument(
            GenAi.FIRST_CHUNK, "s", "Time from the start of a streamed call to its first piece", GenAi.SECONDS);
    static final EventInstrument TOKENS = new EventInstrument(
            GenAi.TOKENS,
            "{token}",
            "Tokens as the service counted them",
            DoubleStream.iterate(1, tokens -> tokens * 4).limit(14).boxed().toList());

    static final List<EventInstrument> ALL =
            List.of(PROMPTS, PROMPT_DURATION, PROMPT_WAITED, CALL_DURATION, FIRST_CHUNK, TOKENS);
}
