package dev.whippletree.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.util.List;

/** Measures the outcomes of prompts, in OpenTelemetry. Thread-safe. */
final class PromptInstruments {

    private final Attributes common;
    private final LongCounter ended;
    private final DoubleHistogram duration;
    private final DoubleHistogram waited;

    PromptInstruments(Meter meter, Attributes common) {
        this.common = common;
        this.ended = meter.counterBuilder(Own.PROMPTS)
                .setDescription(Own.PROMPTS_MEANING)
                .setUnit("{prompt}")
                .build();
        this.duration = seconds(meter, Own.DURATION, Own.DURATION_MEANING, Own.SECONDS);
        this.waited = seconds(meter, Own.WAITED, Own.WAITED_MEANING, Own.SECONDS);
    }

    /** Returns a histogram of times. */
    static DoubleHistogram seconds(Meter meter, String name, String meaning, List<Double> buckets) {
        return meter.histogramBuilder(name)
                .setDescription(meaning)
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(buckets)
                .build();
    }

    /** A prompt has ended in a way for which there is no reason to give. */
    void ended(String outcome, Duration took) {
        Attributes attributes = common.toBuilder().put(Own.OUTCOME, outcome).build();
        ended.add(1, attributes);
        duration.record(seconds(took), attributes);
    }

    void failed(String reason, Duration took) {
        Attributes attributes = common.toBuilder().put(Own.OUTCOME, Own.FAILED).build();
        ended.add(1, attributes.toBuilder().put(Own.REASON, reason).build());
        duration.record(seconds(took), attributes);
    }

    /** An answered prompt had waited for room. */
    void waited(Duration time) {
        waited.record(seconds(time), common);
    }

    /** Returns a time as histograms and spans have it. */
    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
