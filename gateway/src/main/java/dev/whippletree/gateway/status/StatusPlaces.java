package dev.whippletree.gateway.status;

import dev.whippletree.Whippletree;
import dev.whippletree.gateway.batches.GatewayBatches;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.HttpRefusals;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.status.LatestFailures.FailedAttempt;
import dev.whippletree.gateway.trace.Trace;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.PricedStatus;
import dev.whippletree.time.Timeline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Shows the status of a gateway and its Whippletree: to people, to programs and to Prometheus. Thread-safe. */
public final class StatusPlaces implements AutoCloseable {

    private static final int OK = 200;
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Whippletree whippletree;
    private final Supplier<Access> access;
    private final MemoryBudget memory;
    private final HttpRefusals refusals;
    private final Optional<LatestFailures> failures;
    private final Optional<GatewayBatches> batches;
    private final Timeline timeline;
    private final UnderWay requests;
    private final Trend trend;
    private volatile Optional<Connections> connections = Optional.empty();
    private Optional<GatewayGauges> gauges = Optional.empty();

    /**
     * Prepares to show what there is so far.
     *
     * @param access who may see it, and the clients with what they have used
     */
    public StatusPlaces(
            Whippletree whippletree,
            Supplier<Access> access,
            MemoryBudget memory,
            UnderWay requests,
            HttpRefusals refusals,
            Optional<LatestFailures> failures,
            Optional<GatewayBatches> batches,
            Timeline timeline) {
        this.whippletree = whippletree;
        this.access = access;
        this.memory = memory;
        this.requests = requests;
        this.refusals = refusals;
        this.failures = failures;
        this.batches = batches;
        this.timeline = timeline;
        this.trend = new Trend(whippletree::status, timeline);
    }

    /** Shows the gateway and its JVM in a registry, until it is closed. */
    public void measure(MeterRegistry registry, Connections server, UnreadAnswers answers, Optional<Trace> trace) {
        GatewayGauges shown = new GatewayGauges(registry);
        shown.watch(requests);
        shown.watch(server);
        shown.watch(memory, answers);
        trace.ifPresent(shown::watch);
        batches.ifPresent(shown::watch);
        gauges = Optional.of(shown);
    }

    /** Begins to record the trend, and to show the server's connections. */
    public void begin(Connections server) {
        connections = Optional.of(server);
        trend.begin();
    }

    public HttpHandler page() {
        return new PageHandler();
    }

    /**
     * Returns what serves the status to whoever may see it: the output of {@code whippletree status --json}, with the
     * gateway's own part under {@code gateway}.
     */
    public HttpHandler status() {
        return watched(exchange -> Response.send(exchange, OK, json()));
    }

    /** Returns what serves all metrics as text for Prometheus, to whoever may see them. */
    public HttpHandler metrics(PrometheusMeterRegistry registry) {
        // Writing that text takes milliseconds: too long for an I/O thread.
        return watched(exchange -> exchange.dispatch(timeline.executor(), () -> sendMetrics(exchange, registry)));
    }

    private static void sendMetrics(HttpServerExchange exchange, PrometheusMeterRegistry registry) {
        ByteBuffer text = ByteBuffer.wrap(registry.scrape(PROMETHEUS).getBytes(StandardCharsets.UTF_8));
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, PROMETHEUS);
        exchange.setResponseContentLength(text.remaining());
        exchange.getResponseSender().send(text, new Response.EndOfExchange());
    }

    /** Passes on only requests that may see the status. */
    private HttpHandler watched(HttpHandler next) {
        return exchange -> {
            access.get().clients().admitWatcher(exchange);
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
            PageHandler.putSharedHeaders(exchange.getResponseHeaders());
            next.handleRequest(exchange);
        };
    }

    private Map<String, Object> json() {
        StatusSnapshot status = whippletree.status();
        LocalDate today = LocalDate.ofInstant(status.at(), ZoneOffset.UTC);
        Map<String, Object> json =
                PricedStatus.of(status, whippletree.configuration(), today).json();
        json.put("gateway", ownJson());
        return json;
    }

    private Map<String, Object> ownJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        Optional.ofNullable(StatusPlaces.class.getPackage().getImplementationVersion())
                .ifPresent(version -> json.put("version", version));
        json.put("connections", connections.map(Connections::open).orElse(0));
        json.put("requests", requests.count());
        json.put("memory", Map.of("used_bytes", memory.used(), "amount_bytes", memory.amount()));
        json.put("clients", access.get().clients().json(timeline.nanoTime()));
        json.put("trend", trend.json());
        batches.ifPresent(running -> json.put("batches", running.json()));
        json.put("refusals", refusals.json());
        failures.ifPresent(latest -> json.put(
                "failures", latest.lastFirst().stream().map(StatusPlaces::json).toList()));
        return json;
    }

    private static Map<String, Object> json(FailedAttempt failed) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", failed.at().toString());
        json.put("account", failed.account());
        json.put("model", failed.model());
        json.put("kind", failed.failure().word());
        failed.failure().status().ifPresent(status -> json.put("status", status));
        json.put("message", failed.failure().message());
        return json;
    }

    /** Records and measures nothing more. */
    @Override
    public void close() {
        trend.close();
        gauges.ifPresent(GatewayGauges::close);
    }
}
