package dev.whippletree.metrics;

import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures a Whippletree in a program's own Micrometer registry; {@code docs/reference/meters.md} lists every name.
 * Thread-safe; never blocks.
 *
 * <p>For one Whippletree: give it to the builder, or bind it. What it registers is removed when that is closed; the
 * meters of calls, which the registry's Whippletrees share, when the last of them is. What is read from the status is
 * read at most once a second, by the registry's clock. Takes {@code micrometer-core} on the class path.
 *
 * <pre>{@code
 * Whippletree.builder().environment(System.getenv()).listener(new MicrometerListener(registry)).build()
 * }</pre>
 */
public final class MicrometerListener implements EngineListener {

    private final MeterRegistry registry;
    private final String engine;

    /** What is told is measured only while these are there. */
    private volatile @Nullable Running running;

    /** The meters of an engine that runs: its own, and those of calls, which all engines of the registry share. */
    private record Running(StatusMeters status, EventMeters own, Events prompts, GenAiMeters calls) {}

    /**
     * Creates one for the only Whippletree that is measured in a registry; its {@code engine} tag says {@code default}.
     */
    public MicrometerListener(MeterRegistry registry) {
        this(registry, Own.ONLY);
    }

    /**
     * Creates a listener for one of several Whippletrees.
     *
     * @param registry where it is measured; stays open
     * @param engine the name that distinguishes it from the registry's others: the {@code engine} tag of all meters
     *     except those of the conventions
     */
    public MicrometerListener(MeterRegistry registry, String engine) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.engine = Objects.requireNonNull(engine, "engine");
    }

    /**
     * Begins to measure the engine's status too.
     *
     * @param supplier returns the present status; called by the registry's threads
     * @throws IllegalStateException if another Whippletree is measured in the registry under the same name; this one
     *     isn't then
     */
    @Override
    public void started(Supplier<StatusSnapshot> supplier) {
        if (registry.find(Instrument.UPTIME.fullName()).tags(common()).meter() != null) {
            throw new IllegalStateException("the registry already measures an engine named '" + engine
                    + "'; give the MicrometerListener of each Whippletree its own name");
        }
        StatusMeters status = new StatusMeters(registry, common(), supplier);
        status.begin();
        EventMeters own = new EventMeters(registry);
        running = new Running(status, own, new Events(own), GenAiMeters.begin(registry));
    }

    @Override
    public void ended() {
        Running meters = running;
        running = null;
        if (meters != null) {
            meters.status().end();
            meters.calls().end();
            meters.own().end();
        }
    }

    @Override
    public void called(ServiceCall call) {
        whileRunning(meters -> {
            meters.calls().record(call);
            meters.status().refresh();
        });
    }

    @Override
    public void answered(Origin origin, Duration took) {
        whileRunning(meters -> meters.prompts().answered(engine, origin, took));
    }

    @Override
    public void failed(PromptException.Reason reason, Duration took) {
        whileRunning(meters -> meters.prompts().failed(engine, reason, took));
    }

    @Override
    public void cancelled(Duration took) {
        whileRunning(meters -> meters.prompts().cancelled(engine, took));
    }

    private void whileRunning(Consumer<Running> measured) {
        Running meters = running;
        if (meters != null) {
            measured.accept(meters);
        }
    }

    private Tags common() {
        return Tags.of(Own.ENGINE, engine);
    }
}
