package dev.whippletree.metrics;

import dev.whippletree.model.StatusSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine's status as meters, which are added and removed with the accounts and tenants they describe. Thread-safe.
 *
 * <p>All of them read one status, which is asked for anew when one of them is read or {@link #refresh} is called, at
 * most once a second by the registry's clock. The registry doesn't keep the engine from being collected.
 */
final class StatusMeters {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final MeterRegistry registry;
    private final Tags common;
    private final Supplier<StatusSnapshot> status;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final Map<Series, Meter> meters = new HashMap<>();

    private volatile Map<Series, Double> values = Map.of();
    private volatile long readAt;
    private volatile boolean over;

    StatusMeters(MeterRegistry registry, Tags common, Supplier<StatusSnapshot> status) {
        this.registry = registry;
        this.common = common;
        this.status = status;
    }

    /** Registers what there is; all of it or, if the registry throws, nothing. */
    void begin() {
        lock.lock();
        try {
            read();
        } catch (RuntimeException e) {
            end();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the status if what is known of it is older than a second. */
    void refresh() {
        if (over || now() - readAt < FRESH_NANOS || !lock.tryLock()) {
            return; // Somebody else is asking just now: what there is will do.
        }
        try {
            if (!over && now() - readAt >= FRESH_NANOS) {
                read();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes all of them. */
    void end() {
        lock.lock();
        try {
            over = true;
            meters.values().forEach(registry::remove);
            meters.clear();
            values = Map.of();
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        readAt = now();
        values = Readings.of(status.get());
        Set<Series> gone = new HashSet<>(meters.keySet());
        gone.removeAll(values.keySet());
        gone.forEach(series -> remove(meters.remove(series)));
        values.keySet().forEach(series -> meters.computeIfAbsent(series, this::register));
    }

    private void remove(@Nullable Meter meter) {
        if (meter != null) {
            registry.remove(meter);
        }
    }

    private Meter register(Series series) {
        Instrument instrument = series.instrument();
        Tags tags = common.and(series.labels().entrySet().stream()
                .map(label -> Tag.of(label.getKey(), label.getValue()))
                .toList());
        String unit = instrument.isTime() ? "seconds" : null;
        return switch (instrument.sort()) {
            case GAUGE ->
                Gauge.builder(instrument.fullName(), this, all -> all.value(series))
                        .tags(tags)
                        .baseUnit(unit)
                        .description(instrument.meaning())
                        .register(registry);
            case COUNTER ->
                FunctionCounter.builder(instrument.fullName(), this, all -> all.value(series))
                        .tags(tags)
                        .baseUnit(unit)
                        .description(instrument.meaning())
                        .register(registry);
        };
    }

    private double value(Series series) {
        refresh();
        return values.getOrDefault(series, Double.NaN);
    }

    private long now() {
        return registry.config().clock().monotonicTime();
    }
}
