package com.example.metrics;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import dev.whippletree.Whippletree;
import dev.whippletree.guice.WhippletreeModule;
import dev.whippletree.metrics.MicrometerListener;
import dev.whippletree.metrics.OpenTelemetryListener;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.EngineListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Map;

/**
 * A Guice application whose Whippletree is measured in its own Micrometer registry and traced by its own OpenTelemetry.
 */
public final class Application extends AbstractModule {

    private final Map<String, String> environment;
    private final MeterRegistry registry;
    private final OpenTelemetry openTelemetry;

    private Application(Map<String, String> environment, MeterRegistry registry, OpenTelemetry openTelemetry) {
        this.environment = environment;
        this.registry = registry;
        this.openTelemetry = openTelemetry;
    }

    @Override
    protected void configure() {
        install(new WhippletreeModule(Whippletree.builder().environment(environment)));
        Multibinder<EngineListener> listeners = Multibinder.newSetBinder(binder(), EngineListener.class);
        listeners.addBinding().toInstance(new MicrometerListener(registry));
        listeners.addBinding().toInstance(new OpenTelemetryListener(openTelemetry));
    }

    /** Returns the application's injector. */
    public static Injector start(
            Map<String, String> environment, MeterRegistry registry, OpenTelemetry openTelemetry) {
        return Guice.createInjector(new Application(environment, registry, openTelemetry));
    }

    /** The same without Guice. */
    public static Whippletree open(
            Map<String, String> environment, MeterRegistry registry, OpenTelemetry openTelemetry) {
        return Whippletree.builder()
                .environment(environment)
                .listener(new MicrometerListener(registry))
                .listener(new OpenTelemetryListener(openTelemetry))
                .build();
    }

    /** Asks, and prints what was measured. */
    public static void main(String[] arguments) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Whippletree whippletree = open(System.getenv(), registry, GlobalOpenTelemetry.get())) {
            System.out.println(
                    whippletree.complete(Prompt.of("Tell me about yourself")).join().text());
            System.out.println(registry.getMetersAsString());
        }
    }
}
