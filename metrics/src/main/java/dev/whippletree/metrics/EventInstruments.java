package dev.whippletree.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.EnumMap;
import java.util.Map;

/** The instruments of events, in OpenTelemetry. Thread-safe. */
final class EventInstruments implements Events.EventRecorder {

    private final Map<EventInstrument, DoubleHistogram> histograms = new EnumMap<>(EventInstrument.class);
    private final LongCounter prompts;

    EventInstruments(Meter meter) {
        for (EventInstrument instrument : EventInstrument.values()) {
            if (!instrument.buckets().isEmpty()) {
                histograms.put(
                        instrument,
                        meter.histogramBuilder(instrument.fullName())
                                .setDescription(instrument.meaning())
                                .setUnit(instrument.unit())
                                .setExplicitBucketBoundariesAdvice(instrument.buckets())
                                .build());
            }
        }
        this.prompts = meter.counterBuilder(EventInstrument.PROMPTS.fullName())
                .setDescription(EventInstrument.PROMPTS.meaning())
                .setUnit(EventInstrument.PROMPTS.unit())
                .build();
    }

    @Override
    public void record(EventInstrument instrument, Map<String, String> labels, double amount) {
        AttributesBuilder builder = Attributes.builder();
        labels.forEach(builder::put);
        Attributes attributes = builder.build();
        DoubleHistogram histogram = histograms.get(instrument);
        if (histogram == null) {
            prompts.add((long) amount, attributes);
        } else {
            histogram.record(amount, attributes);
        }
    }
}
