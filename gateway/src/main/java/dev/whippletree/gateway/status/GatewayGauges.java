package dev.whippletree.gateway.status;

import dev.whippletree.gateway.batches.GatewayBatches;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.trace.Trace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
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

    void watch(UnderWay requests) {
        add(gauge("requests.active", "Requests in progress, this one included", requests, UnderWay::count));
    }

    void watch(Connections connections) {
        watch(connections, "client", Connections::ofClients);
        watch(connections, "keyless", Connections::withoutKey);
        watch(connections, "waiting", Connections::waiting);
        add(gauge("connections.amount", "Most open connections", connections, Connections::most));
        count("connections.refused", "Requests refused for lack of a connection", connections, Connections::refused);
        count(
                "connections.replaced",
                "Connections closed to make room for another",
                connections,
                Connections::replaced);
    }

    private void watch(Connections connections, String state, ToDoubleFunction<Connections> value) {
        String meaning = "Connections, by state: client (the last request had a client's key), keyless (other open"
                + " ones), waiting (accepted, until one closes)";
        add(gauge("connections", meaning, connections, value).tag("state", state));
    }

    void watch(MemoryBudget memory, UnreadAnswers answers) {
        String used = "Memory of requests in progress, by estimate";
        String amount = "Most memory of requests in progress";
        add(gauge("memory.used", used, memory, all -> all.used()).baseUnit(BYTES));
        add(gauge("memory.amount", amount, memory, MemoryBudget::amount).baseUnit(BYTES));
        count("memory.refused", "Requests refused for lack of memory", memory, MemoryBudget::refused);
        count("answers.dropped", "Answers ended because too much of them was unread", answers, UnreadAnswers::dropped);
    }

    void watch(GatewayBatches batches) {
        String open = "Batches that haven't ended, of all gateways that share the folder";
        add(gauge("batches.open", open, batches, GatewayBatches::open));
        count("batches.answered", "Lines of batches that this gateway answered", batches, GatewayBatches::answered);
        count("batches.failed", "Lines of batches that got no answer here", batches, GatewayBatches::failed);
    }

    void watch(Trace trace) {
        count("trace.lost", "Prompts missing from the trace", trace, Trace::lost);
    }

    private static <T> Gauge.Builder<T> gauge(String name, String meaning, T of, ToDoubleFunction<T> value) {
        return Gauge.builder(PREFIX + name, of, value).description(meaning);
    }

    private void add(Gauge.Builder<?> gauge) {
        registered.add(gauge.register(registry));
    }

    private <T> void count(String name, String meaning, T of, ToDoubleFunction<T> value) {
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
