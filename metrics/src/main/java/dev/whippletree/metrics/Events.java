package dev.whippletree.metrics;

import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Records the ends of prompts and calls, whatever measures them. Thread-safe.
 *
 * @param recorder measures them
 * @param models those that have answered
 */
record Events(EventRecorder recorder, ModelTagValues models) {

    /** Measures an event. Thread-safe. */
    interface EventRecorder {

        /**
         * Records one.
         *
         * @param labels some or all of the instrument's, never changed afterwards
         * @param amount a time in seconds
         */
        void record(EventInstrument instrument, Map<String, String> labels, double amount);
    }

    Events(EventRecorder recorder) {
        this(recorder, new ModelTagValues());
    }

    void answered(String engine, Origin origin, Duration took) {
        ended(engine, Own.outcome(origin.source()), Map.of(), took);
        if (origin.source() != Origin.Source.CACHE) {
            recorder.record(EventInstrument.PROMPT_WAITED, Map.of(Own.ENGINE, engine), seconds(origin.waited()));
        }
    }

    void failed(String engine, PromptException.Reason reason, Duration took) {
        ended(engine, Own.FAILED, Map.of(Own.REASON, Own.word(reason)), took);
    }

    void cancelled(String engine, Duration took) {
        ended(engine, Own.CANCELLED, Map.of(), took);
    }

    private void ended(String engine, String outcome, Map<String, String> reason, Duration took) {
        Map<String, String> labels = Map.of(Own.ENGINE, engine, Own.OUTCOME, outcome);
        recorder.record(EventInstrument.PROMPTS, and(labels, reason), 1);
        recorder.record(EventInstrument.PROMPT_DURATION, labels, seconds(took));
    }

    void called(ServiceCall call) {
        Map<String, String> labels = new HashMap<>();
        labels.put(GenAi.OPERATION, GenAi.operation(call));
        labels.put(GenAi.PROVIDER, call.provider());
        labels.put(GenAi.REQUEST_MODEL, call.model());
        GenAi.answer(call).ifPresent(answer -> labels.put(GenAi.RESPONSE_MODEL, models.bounded(answer.model())));
        Map<String, String> error =
                GenAi.error(call).map(word -> Map.of(GenAi.ERROR, word)).orElse(Map.of());
        recorder.record(EventInstrument.CALL_DURATION, and(labels, error), seconds(call.took()));
        if (call.streaming()) {
            call.firstPiece().ifPresent(first -> recorder.record(EventInstrument.FIRST_CHUNK, labels, seconds(first)));
        }
        GenAi.answer(call).flatMap(ServiceCall.Answered::usage).ifPresent(usage -> {
            countTokens(labels, "input", usage.promptTokens());
            countTokens(labels, "output", usage.completionTokens());
        });
    }

    private void countTokens(Map<String, String> labels, String type, long tokens) {
        recorder.record(EventInstrument.TOKENS, and(labels, Map.of(GenAi.TOKEN_TYPE, type)), (double) tokens);
    }

    private static Map<String, String> and(Map<String, String> labels, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(labels);
        all.putAll(more);
        return all;
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
