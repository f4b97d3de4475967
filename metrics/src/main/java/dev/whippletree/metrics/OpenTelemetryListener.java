package dev.whippletree.metrics;

import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports a Whippletree to a program's own OpenTelemetry: a span for each call to a service, as a child of the span
 * that was current when the prompt was submitted, and metrics; {@code docs/reference/meters.md} lists every name.
 * Thread-safe; never blocks.
 *
 * <p>For one Whippletree: give it to the builder, or bind it. The status is read once each time that metrics are
 * collected, until the Whippletree is closed. Takes {@code opentelemetry-api} on the class path.
 *
 * <pre>{@code
 * Whippletree.builder().environment(System.getenv()).listener(new OpenTelemetryListener(openTelemetry)).build()
 * }</pre>
 */
public final class OpenTelemetryListener implements EngineListener {

    private static final String SCOPE = "dev.whippletree";

    private final String engine;
    private final Meter meter;
    private final GenAiSpans spans;
    private final Events events;
    private @Nullable StatusObserver observer;

    /** Creates one for the only Whippletree of a program; its {@code engine} attribute says {@code default}. */
    public OpenTelemetryListener(OpenTelemetry openTelemetry) {
        this(openTelemetry, Own.ONLY);
    }

    /**
     * Creates a listener for one of several Whippletrees.
     *
     * @param openTelemetry what is told; stays open
     * @param engine the name that distinguishes it from the others: the {@code engine} attribute of all metrics except
     *     those of the conventions
     */
    public OpenTelemetryListener(OpenTelemetry openTelemetry, String engine) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.meter = openTelemetry.getMeter(SCOPE);
        this.spans = new GenAiSpans(openTelemetry.getTracer(SCOPE));
        this.events = new Events(new EventInstruments(meter));
    }

    /**
     * Begins to observe the engine's status too.
     *
     * @param status returns the present status; called by the meter's threads
     * @throws IllegalStateException if it already observes another Whippletree; this one isn't observed then
     */
    @Override
    public synchronized void started(Supplier<StatusSnapshot> status) {
        if (observer != null) {
            throw new IllegalStateException(
                    "an OpenTelemetryListener can serve only one Whippletree; create one for each");
        }
        observer = new StatusObserver(meter, engine, status);
    }

    @Override
    public synchronized void ended() {
        if (observer != null) {
            observer.close();
        }
    }

    @Override
    public Consumer<ServiceCall> opened(Prompt prompt) {
        Context parent = Context.current();
        return call -> record(call, parent);
    }

    @Override
    public void called(ServiceCall call) {
        record(call, Context.root());
    }

    private void record(ServiceCall call, Context parent) {
        Context span = spans.record(call, parent);
        span.wrap(() -> events.called(call)).run(); // Exemplars refer to it.
    }

    @Override
    public void answered(Origin origin, Duration took) {
        events.answered(engine, origin, took);
    }

    @Override
    public void failed(PromptException.Reason reason, Duration took) {
        events.failed(engine, reason, took);
    }

    @Override
    public void cancelled(Duration took) {
        events.cancelled(engine, took);
    }
}
