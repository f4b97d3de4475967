package dev.whippletree.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.HashMap;
import java.util.Map;

/** The instruments of events, in OpenTelemetry. Thread-safe. */
final class EventInstruments implements Events.EventRecorder {

    private final Map<String, DoubleHistogram> histograms = new HashMap<>();
    private final LongCounter prompts;

    EventInstruments(Meter meter) {
        EventInstrument.ALL.stream()
                .filter(instrument -> !instrument.buckets().isEmpty())
                .forEach(instrument -> histograms.put(
                        instrument.name(),
                        meter.histogramBuilder(instrument.name())
                                .setDescription(instrument.meaning())
                                .setUnit(instrument.unit())
                                .setExplicitBucketBoundariesAdvice(instrument.buckets())
                                .build()));
        this.prompts = meter.counterBuilder(EventInstrument.PROMPTS.name())
                .setDescription(EventInstrument.PROMPTS.meaning())
                .setUnit(EventInstrument.PROMPTS.unit())
                .build();
    }

    @Override
    public void record(EventInstrument instrument, Map<String, String> labels, double amount) {
        AttributesBuilder builder = Attributes.builder();
        labels.forEach((label, value) -> {
            if (!value.isEmpty()) {
                builder.put(label, value);
            }
        });
        Attributes attributes = builder.build();
        DoubleHistogram histogram = histograms.get(instrument.name());
        if (histogram == null) {
            prompts.add((long) amount, attributes);
        } else {
            histogram.record(amount, attributes);
        }
    }
}
