package dev.whippletree.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The meters of events, each registered when it is first needed. Thread-safe. */
final class EventMeters {

    private final MeterRegistry registry;

    /** Kept here, because to find a meter in the registry, it has to be described with all of its buckets. */
    private final Map<Key, Meter> meters = new ConcurrentHashMap<>();

    private volatile boolean over;

    private record Key(String name, Tags tags) {}

    EventMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(String name, String meaning, Tags tags) {
        Meter counter = meter(
                name,
                tags,
                () -> Counter.builder(name).description(meaning).tags(tags).register(registry));
        ((Counter) counter).increment();
    }

    void time(String name, String meaning, Tags tags, List<Double> bucketSeconds, Duration time) {
        Meter timer = meter(
                name,
                tags,
                () -> Timer.builder(name)
                        .description(meaning)
                        .tags(tags)
                        .serviceLevelObjectives(bucketSeconds.stream()
                                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
                                .toArray(Duration[]::new))
                        .register(registry));
        ((Timer) timer).record(time);
    }

    void measure(String name, String meaning, Tags tags, List<Double> buckets, double amount) {
        Meter summary = meter(
                name,
                tags,
                () -> DistributionSummary.builder(name)
                        .description(meaning)
                        .tags(tags)
                        .serviceLevelObjectives(
                                buckets.stream().mapToDouble(bucket -> bucket).toArray())
                        .register(registry));
        ((DistributionSummary) summary).record(amount);
    }

    private Meter meter(String name, Tags tags, Supplier<Meter> registered) {
        Meter meter = meters.computeIfAbsent(new Key(name, tags), first -> registered.get());
        if (over) {
            registry.remove(meter); // The end came between.
        }
        return meter;
    }

    /** Removes all of them, for good. */
    void end() {
        over = true;
        meters.values().forEach(registry::remove);
    }
}
