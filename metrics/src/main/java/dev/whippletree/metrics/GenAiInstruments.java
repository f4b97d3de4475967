package dev.whippletree.metrics;

import static dev.whippletree.metrics.PromptInstruments.seconds;

import dev.whippletree.spi.ServiceCall;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;

/** Measures calls by the conventions, in OpenTelemetry. Thread-safe. */
final class GenAiInstruments {

    private final DoubleHistogram duration;
    private final DoubleHistogram firstChunk;
    private final LongHistogram tokens;
    private final ModelTagValues models = new ModelTagValues();

    GenAiInstruments(Meter meter) {
        this.duration = seconds(meter, GenAi.DURATION, GenAi.DURATION_MEANING, GenAi.SECONDS);
        this.firstChunk = seconds(meter, GenAi.FIRST_CHUNK, GenAi.FIRST_CHUNK_MEANING, GenAi.SECONDS);
        this.tokens = meter.histogramBuilder(GenAi.TOKENS)
                .setDescription(GenAi.TOKENS_MEANING)
                .setUnit("{token}")
                .ofLongs()
                .setExplicitBucketBoundariesAdvice(
                        GenAi.TOKEN_COUNTS.stream().map(Double::longValue).toList())
                .build();
    }

    /** Measures a call; its exemplars refer to the call's span. */
    void record(ServiceCall call, Context span) {
        AttributesBuilder builder = Attributes.builder()
                .put(GenAi.OPERATION, GenAi.operation(call))
                .put(GenAi.PROVIDER, call.provider())
                .put(GenAi.REQUEST_MODEL, call.model());
        GenAi.responseModel(call).ifPresent(model -> builder.put(GenAi.RESPONSE_MODEL, models.bounded(model)));
        Attributes common = builder.build();
        GenAi.error(call).ifPresent(error -> builder.put(GenAi.ERROR, error));
        duration.record(seconds(call.took()), builder.build(), span);
        if (call.streaming()) {
            call.firstPiece().ifPresent(first -> firstChunk.record(seconds(first), common, span));
        }
        GenAi.usage(call).ifPresent(usage -> {
            tokens.record(usage.promptTokens(), ofType(common, GenAi.INPUT), span);
            tokens.record(usage.completionTokens(), ofType(common, GenAi.OUTPUT), span);
        });
    }

    private static Attributes ofType(Attributes common, String type) {
        return common.toBuilder().put(GenAi.TOKEN_TYPE, type).build();
    }
}
