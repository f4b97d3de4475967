package dev.whippletree.metrics;

import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Records the ends of prompts and calls, whatever measures them. Thread-safe. */
record Events(EventRecorder recorder, ModelTagValues models) {

    /** Measures an event. Thread-safe. */
    interface EventRecorder {

        /**
         * Records one.
         *
         * @param labels all of the instrument's, never changed afterwards; those that don't apply are empty
         * @param amount a time in seconds
         */
        void record(EventInstrument instrument, Map<String, String> labels, double amount);
    }

    Events(EventRecorder recorder) {
        this(recorder, new ModelTagValues());
    }

    void answered(String engine, Origin origin, Duration took) {
        ended(engine, Own.outcome(origin.source()), "", took);
        if (origin.source() != Origin.Source.CACHE) {
            recorder.record(EventInstrument.PROMPT_WAITED, Map.of(Own.ENGINE, engine), seconds(origin.waited()));
        }
    }

    void failed(String engine, PromptException.Reason reason, Duration took) {
        ended(engine, Own.FAILED, Own.word(reason), took);
    }

    void cancelled(String engine, Duration took) {
        ended(engine, Own.CANCELLED, "", took);
    }

    private void ended(String engine, String outcome, String reason, Duration took) {
        Map<String, String> labels = Map.of(Own.ENGINE, engine, Own.OUTCOME, outcome);
        recorder.record(EventInstrument.PROMPTS, and(labels, Own.REASON, reason), 1);
        recorder.record(EventInstrument.PROMPT_DURATION, labels, seconds(took));
    }

    void called(ServiceCall call) {
        Optional<ServiceCall.Answered> answer = GenAi.answer(call);
        Map<String, String> labels = Map.of(
                GenAi.OPERATION, GenAi.operation(call),
                GenAi.PROVIDER, call.provider(),
                GenAi.REQUEST_MODEL, call.model(),
                GenAi.RESPONSE_MODEL,
                        answer.map(ServiceCall.Answered::model)
                                .map(models::bounded)
                                .orElse(""));
        recorder.record(
                EventInstrument.CALL_DURATION,
                and(labels, GenAi.ERROR, GenAi.error(call).orElse("")),
                seconds(call.took()));
        if (call.streaming()) {
            call.firstPiece().ifPresent(first -> recorder.record(EventInstrument.FIRST_CHUNK, labels, seconds(first)));
        }
        answer.flatMap(ServiceCall.Answered::usage).ifPresent(usage -> {
            countTokens(labels, "input", usage.promptTokens());
            countTokens(labels, "output", usage.completionTokens());
        });
    }

    private void countTokens(Map<String, String> labels, String type, long tokens) {
        recorder.record(EventInstrument.TOKENS, and(labels, GenAi.TOKEN_TYPE, type), (double) tokens);
    }

    private static Map<String, String> and(Map<String, String> labels, String name, String value) {
        Map<String, String> all = new HashMap<>(labels);
        all.put(name, value);
        return all;
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
