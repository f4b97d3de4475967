package dev.whippletree.metrics;

import dev.whippletree.model.StatusSnapshot;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** Observes an engine's status whenever OpenTelemetry collects: one status for all instruments. Thread-safe. */
final class StatusObserver implements AutoCloseable {

    private final String engine;
    private final Supplier<StatusSnapshot> status;
    private final Map<Instrument, ObservableDoubleMeasurement> instruments = new EnumMap<>(Instrument.class);
    private final BatchCallback callback;

    /** Observes from now on. */
    StatusObserver(Meter meter, String engine, Supplier<StatusSnapshot> status) {
        this.engine = engine;
        this.status = status;
        for (Instrument instrument : Instrument.values()) {
            instruments.put(instrument, observable(meter, instrument));
        }
        ObservableMeasurement[] all = instruments.values().toArray(ObservableMeasurement[]::new);
        this.callback = meter.batchCallback(this::observe, all[0], all);
    }

    private static ObservableDoubleMeasurement observable(Meter meter, Instrument instrument) {
        return switch (instrument.sort()) {
            case GAUGE ->
                meter.gaugeBuilder(instrument.fullName())
                        .setUnit(instrument.unit())
                        .setDescription(instrument.meaning())
                        .buildObserver();
            case COUNTER ->
                meter.counterBuilder(instrument.fullName())
                        .setUnit(instrument.unit())
                        .setDescription(instrument.meaning())
                        .ofDoubles()
                        .buildObserver();
        };
    }

    private void observe() {
        Readings.of(status.get()).forEach((series, value) -> {
            ObservableDoubleMeasurement instrument = instruments.get(series.instrument());
            if (instrument != null) {
                instrument.record(value, attributes(series));
            }
        });
    }

    private Attributes attributes(Series series) {
        AttributesBuilder attributes = Attributes.builder().put(Own.ENGINE, engine);
        series.labels().forEach(attributes::put);
        return attributes.build();
    }

    /** Observes no more. */
    @Override
    public void close() {
        callback.close();
    }
}
