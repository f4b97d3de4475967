package dev.whippletree.gateway.status;

import dev.whippletree.gateway.batches.GatewayBatches;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.trace.Trace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of a gateway and its JVM that are read whenever somebody reads the metrics: a request costs nothing for
 * them. Confined to the gateway's start and end.
 */
final class GatewayGauges implements AutoCloseable {

    private static final String PREFIX = "whippletree.gateway.";
    private static final String BYTES = "bytes";

    private final MeterRegistry registry;
    private final List<Meter> registered = new ArrayList<>();

    /** Listens to the JVM's collections until it is closed. */
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Registers those of the JVM, under Micrometer's own names. */
    GatewayGauges(MeterRegistry registry) {
        this.registry = registry;
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    void watch(Visits visits) {
        gauge("requests.active", "Requests in progress, this one included", Tags.empty(), "", visits, Visits::requests);
    }

    void watch(Connections connections) {
        String open = "connections";
        String meaning = "Connections, by state: client (the last request had a client's key), keyless (other open"
                + " ones), waiting (accepted, until one closes)";
        gauge(open, meaning, Tags.of("state", "client"), "", connections, Connections::ofClients);
        gauge(open, meaning, Tags.of("state", "keyless"), "", connections, Connections::withoutKey);
        gauge(open, meaning, Tags.of("state", "waiting"), "", connections, Connections::waiting);
        gauge("connections.amount", "Most open connections", Tags.empty(), "", connections, Connections::most);
        counter("connections.refused", "Requests refused for lack of a connection", connections, all -> all.refused());
        counter(
                "connections.replaced",
                "Connections closed to make room for another",
                connections,
                all -> all.replaced());
    }

    void watch(MemoryBudget memory, UnreadAnswers answers) {
        gauge(
                "memory.used",
                "Memory of requests in progress, by estimate",
                Tags.empty(),
                BYTES,
                memory,
                all -> all.used());
        gauge("memory.amount", "Most memory of requests in progress", Tags.empty(), BYTES, memory, all -> all.amount());
        counter("memory.refused", "Requests refused for lack of memory", memory, all -> all.refused());
        counter("answers.dropped", "Answers ended because too much of them was unread", answers, all -> all.dropped());
    }

    void watch(GatewayBatches batches) {
        gauge(
                "batches.open",
                "Batches that haven't ended, of all gateways that share the folder",
                Tags.empty(),
                "",
                batches,
                GatewayBatches::open);
        counter("batches.answered", "Lines of batches that this gateway answered", batches, GatewayBatches::answered);
        counter("batches.failed", "Lines of batches that got no answer here", batches, GatewayBatches::failed);
    }

    void watch(Trace trace) {
        counter("trace.lost", "Prompts missing from the trace", trace, Trace::lost);
    }

    private <T> void gauge(String name, String meaning, Tags tags, String unit, T of, ToDoubleFunction<T> value) {
        registered.add(Gauge.builder(PREFIX + name, of, value)
                .description(meaning)
                .tags(tags)
                .baseUnit(unit.isEmpty() ? null : unit)
                .register(registry));
    }

    private <T> void counter(String name, String meaning, T of, ToDoubleFunction<T> value) {
        registered.add(FunctionCounter.builder(PREFIX + name, of, value)
                .description(meaning)
                .register(registry));
    }

    /** Removes the gateway's own, so that another gateway can show its own in the same registry. */
    @Override
    public void close() {
        registered.forEach(registry::remove);
        collections.close();
    }
}
