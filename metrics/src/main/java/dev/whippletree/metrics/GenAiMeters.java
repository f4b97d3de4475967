package dev.whippletree.metrics;

import dev.whippletree.spi.ServiceCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/** Measures the calls of all engines in a Micrometer registry by the conventions. Thread-safe. */
final class GenAiMeters {

    /** Those of registries with an engine. Guarded by itself, as their engines' number is. */
    private static final Map<MeterRegistry, GenAiMeters> SHARED = new HashMap<>();

    private final MeterRegistry registry;
    private final EventMeters meters;
    private final ModelTagValues models = new ModelTagValues();
    private int engines;

    private GenAiMeters(MeterRegistry registry) {
        this.registry = registry;
        this.meters = new EventMeters(registry);
    }

    /** An engine begins; {@link #end} says that it has ended. */
    static GenAiMeters begin(MeterRegistry registry) {
        synchronized (SHARED) {
            GenAiMeters shared = SHARED.computeIfAbsent(registry, GenAiMeters::new);
            shared.engines++;
            return shared;
        }
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
                GenAi.DURATION_MEANING,
                tags.and(GenAi.ERROR, GenAi.error(call).orElse(Own.NONE)),
                GenAi.SECONDS,
                call.took());
        if (call.streaming()) {
            call.firstPiece()
                    .ifPresent(first ->
                            meters.time(GenAi.FIRST_CHUNK, GenAi.FIRST_CHUNK_MEANING, tags, GenAi.SECONDS, first));
        }
        GenAi.usage(call).ifPresent(usage -> {
            countTokens(tags, GenAi.INPUT, usage.promptTokens());
            countTokens(tags, GenAi.OUTPUT, usage.completionTokens());
        });
    }

    private void countTokens(Tags tags, String type, long tokens) {
        meters.measure(
                GenAi.TOKENS, GenAi.TOKENS_MEANING, tags.and(GenAi.TOKEN_TYPE, type), GenAi.TOKEN_COUNTS, (double)
                        tokens);
    }

    /** An engine has ended; with the last one, its registry's meters go. */
    void end() {
        synchronized (SHARED) {
            if (--engines == 0) {
                SHARED.remove(registry);
                meters.end();
            }
        }
    }
}
