package dev.whippletree.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of events, each registered when it is first needed. Thread-safe. */
final class EventMeters {

    private final MeterRegistry registry;
    private final Set<Meter> meters = ConcurrentHashMap.newKeySet();

    private volatile boolean over;

    EventMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(String name, String meaning, Tags tags) {
        remember(Counter.builder(name).description(meaning).tags(tags).register(registry))
                .increment();
    }

    void time(String name, String meaning, Tags tags, List<Double> bucketSeconds, Duration time) {
        Duration[] buckets = bucketSeconds.stream()
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
                .toArray(Duration[]::new);
        remember(Timer.builder(name)
                        .description(meaning)
                        .tags(tags)
                        .serviceLevelObjectives(buckets)
                        .register(registry))
                .record(time);
    }

    void measure(String name, String meaning, Tags tags, List<Double> buckets, double amount) {
        remember(DistributionSummary.builder(name)
                        .description(meaning)
                        .tags(tags)
                        .serviceLevelObjectives(
                                buckets.stream().mapToDouble(bucket -> bucket).toArray())
                        .register(registry))
                .record(amount);
    }

    private <M extends Meter> M remember(M meter) {
        meters.add(meter);
        if (over) {
            registry.remove(meter); // The end came between.
        }
        return meter;
    }

    /** Removes all of them, for good. */
    void end() {
        over = true;
        meters.forEach(registry::remove);
    }
}
