package dev.whippletree.metrics;

import dev.whippletree.spi.ServiceCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** Measures calls by the conventions, in a Micrometer registry. Thread-safe. */
final class GenAiMeters {

    private final EventMeters meters;
    private final ModelTagValues models = new ModelTagValues();

    GenAiMeters(MeterRegistry registry) {
        this.meters = new EventMeters(registry);
    }

    void record(ServiceCall call) {
        Tags tags = Tags.of(
                GenAi.OPERATION,
                GenAi.operation(call),
                GenAi.PROVIDER,
                call.provider(),
                GenAi.REQUEST_MODEL,
                call.model(),
                GenAi.RESPONSE_MODEL,
                GenAi.responseModel(call).map(models::bounded).orElse(Own.NONE));
        meters.time(
                GenAi.DURATION,
                "GenAI operation duration",
                tags.and(GenAi.ERROR, GenAi.error(call).orElse(Own.NONE)),
                GenAi.SECONDS,
                call.took());
        if (call.streaming()) {
            call.firstPiece()
                    .ifPresent(first ->
                            meters.time(GenAi.FIRST_CHUNK, "Time to the first chunk", tags, GenAi.SECONDS, first));
        }
        GenAi.usage(call).ifPresent(usage -> {
            countTokens(tags, GenAi.INPUT, usage.promptTokens());
            countTokens(tags, GenAi.OUTPUT, usage.completionTokens());
        });
    }

    private void countTokens(Tags tags, String type, long tokens) {
        meters.measure(
                GenAi.TOKENS,
                "Number of input and output tokens used",
                tags.and(GenAi.TOKEN_TYPE, type),
                GenAi.TOKEN_COUNTS,
                (double) tokens);
    }

    void end() {
        meters.end();
    }
}
