package dev.whippletree.metrics;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Traces one prompt by OpenTelemetry, and returns how many calls that says there were. */
public final class OpenTelemetryAlone implements Callable<Long> {

    @Override
    public Long call() {
        Pool pool = new Pool();
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build();
        try (OpenTelemetrySdk sdk =
                OpenTelemetrySdk.builder().setTracerProvider(provider).build()) {
            pool.open(new OpenTelemetryListener(sdk));
            pool.ask("question");
            pool.advance(Duration.ofSeconds(2));
            return (long) spans.getFinishedSpanItems().size();
        }
    }
}
