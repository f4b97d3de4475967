package dev.whippletree.metrics;

import dev.whippletree.spi.ServiceCall;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/** Measures the calls of all engines in a Micrometer registry by the conventions. Thread-safe. */
final class GenAiMeters {

    /** Those of registries with an engine. Guarded by itself, as their engines' number is. */
    private static final Map<MeterRegistry, GenAiMeters> SHARED = new HashMap<>();

    private final MeterRegistry registry;
    private final EventMeters meters;
    private final Events events;
    private int engines;

    private GenAiMeters(MeterRegistry registry) {
        this.registry = registry;
        this.meters = new EventMeters(registry);
        this.events = new Events(meters);
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
        events.called(call);
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
