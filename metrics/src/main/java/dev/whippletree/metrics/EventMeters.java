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
    private final Map<Key, Meter> meters = new ConcurrentHashMap<>();

    private volatile boolean over;

    private record Key(String name, Tags tags) {}

    EventMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(String name, String meaning, Tags tags) {
        meter(
                        name,
                        tags,
                        Counter.class,
                        () -> Counter.builder(name)
                                .description(meaning)
                                .tags(tags)
                                .register(registry))
                .increment();
    }

    void time(String name, String meaning, Tags tags, List<Double> bucketSeconds, Duration time) {
        meter(
                        name,
                        tags,
                        Timer.class,
                        () -> Timer.builder(name)
                                .description(meaning)
                                .tags(tags)
                                .serviceLevelObjectives(bucketSeconds.stream()
                                        .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
                                        .toArray(Duration[]::new))
                                .register(registry))
                .record(time);
    }

    void measure(String name, String meaning, Tags tags, List<Double> buckets, double amount) {
        meter(
                        name,
                        tags,
                        DistributionSummary.class,
                        () -> DistributionSummary.builder(name)
                                .description(meaning)
                                .tags(tags)
                                .serviceLevelObjectives(buckets.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray())
                                .register(registry))
                .record(amount);
    }

    private <M extends Meter> M meter(String name, Tags tags, Class<M> type, Supplier<M> register) {
        Key key = new Key(name, tags);
        Meter meter = meters.computeIfAbsent(key, missing -> register.get());
        if (over && meters.remove(key, meter)) {
            registry.remove(meter); // The end came between.
        }
        return type.cast(meter);
    }

    /** Removes all of them, for good. */
    void end() {
        over = true;
        meters.values().forEach(registry::remove);
        meters.clear();
    }
}
