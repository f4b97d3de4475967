package dev.whippletree.gateway;

import dev.whippletree.gateway.status.LatestFailures;
import dev.whippletree.metrics.MicrometerListener;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.time.Timeline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/**
 * Metrics and other data that a gateway shows of its Whippletree in addition to the status. Thread-safe.
 *
 * <p>Its listeners are given to the builder before the Whippletree opens, and it to {@link
 * Gateway#start(dev.whippletree.Whippletree, dev.whippletree.config.GatewaySettings, Timeline, Telemetry)} afterwards:
 *
 * <pre>{@code
 * Telemetry telemetry = new Telemetry(timeline);
 * Whippletree.Builder builder = Whippletree.builder();
 * telemetry.listeners().forEach(builder::listener);
 * Gateway gateway = Gateway.start(builder.build(), settings, timeline, telemetry);
 * }</pre>
 */
public final class Telemetry {

    private final LatestFailures failures;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerListener metrics = new MicrometerListener(registry);

    /**
     * Creates one that has heard nothing yet.
     *
     * @param timeline by which it says when something happened
     */
    public Telemetry(Timeline timeline) {
        this.failures = new LatestFailures(timeline::now);
    }

    /** Returns what listens to a Whippletree, for its builder. Immutable. */
    public List<EngineListener> listeners() {
        return List.of(failures, metrics);
    }

    /**
     * Returns what its Whippletree is measured in: for meters of the program's own, which then stand at
     * {@code /metrics} as well.
     */
    public MeterRegistry registry() {
        return registry;
    }

    /** Returns the registry of everything measured, which also writes that in the format of Prometheus. */
    PrometheusMeterRegistry metrics() {
        return registry;
    }

    LatestFailures failures() {
        return failures;
    }
}
