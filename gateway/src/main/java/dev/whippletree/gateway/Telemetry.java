package dev.whippletree.gateway;

import dev.whippletree.spi.EngineListener;
import dev.whippletree.time.Timeline;
import java.util.List;

/**
 * What a gateway shows of its Whippletree that a status doesn't tell. Thread-safe.
 *
 * <p>Its listeners are given to the builder before the Whippletree opens, and it to
 * {@link Gateway#start(dev.whippletree.Whippletree, dev.whippletree.config.GatewaySettings, Timeline, Telemetry)} afterwards:
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
        return List.of(failures);
    }

    /** Returns the attempts that failed last. */
    LatestFailures failures() {
        return failures;
    }
}
