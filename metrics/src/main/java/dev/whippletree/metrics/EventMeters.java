package dev.whippletree.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of events, each registered when it is first needed. Thread-safe. */
final class EventMeters implements Events.EventRecorder {

    private static final double NANOS = 1e9;

    private final MeterRegistry registry;

    /** Kept here, because to find a meter in the registry, it has to be described with all of its buckets. */
    private final Map<Key, Meter> meters = new ConcurrentHashMap<>();

    private volatile boolean over;

    private record Key(String name, Map<String, String> labels) {}

    EventMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void record(EventInstrument instrument, Map<String, String> labels, double amount) {
        if (over) {
            return; // The registry may have the next engine's meters under these names.
        }
        Meter meter = meters.computeIfAbsent(new Key(instrument.name(), labels), first -> register(instrument, labels));
        if (over) {
            registry.remove(meter); // The end came between.
        }
        if (meter instanceof Timer timer) {
            timer.record(Math.round(amount * NANOS), TimeUnit.NANOSECONDS);
        } else if (meter instanceof DistributionSummary summary) {
            summary.record(amount);
        } else {
            ((Counter) meter).increment(amount);
        }
    }

    private Meter register(EventInstrument instrument, Map<String, String> labels) {
        String name = instrument.name();
        List<Tag> tags = new ArrayList<>();
        labels.forEach((label, value) -> tags.add(Tag.of(label, value.isEmpty() ? Own.NONE : value)));
        if (instrument.buckets().isEmpty()) {
            return Counter.builder(name)
                    .description(instrument.meaning())
                    .tags(tags)
                    .register(registry);
        }
        if (instrument.unit().equals("s")) {
            return Timer.builder(name)
                    .description(instrument.meaning())
                    .tags(tags)
                    .serviceLevelObjectives(instrument.buckets().stream()
                            .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
                            .toArray(Duration[]::new))
                    .register(registry);
        }
        return DistributionSummary.builder(name)
                .description(instrument.meaning())
                .tags(tags)
                .serviceLevelObjectives(instrument.buckets().stream()
                        .mapToDouble(bucket -> bucket)
                        .toArray())
                .register(registry);
    }

    /** Removes all of them, for good. */
    void end() {
        over = true;
        meters.values().forEach(registry::remove);
    }
}
