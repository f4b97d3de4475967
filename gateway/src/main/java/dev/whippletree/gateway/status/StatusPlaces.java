package dev.whippletree.gateway.status;

import dev.whippletree.Whippletree;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.Refusals;
import dev.whippletree.time.Timeline;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.server.HttpHandler;
import java.util.Optional;
import java.util.function.Supplier;

/** Shows how a gateway and its Whippletree stand: to people, to programs and to Prometheus. Thread-safe. */
public final class StatusPlaces implements AutoCloseable {

    private final Supplier<Access> access;
    private final Timeline timeline;
    private final Visits visits = new Visits();
    private final Trend trend;
    private final HttpHandler status;

    /**
     * Prepares to show what there is so far.
     *
     * @param access who may see it, and the clients with what they have used
     * @param memory what requests under way take
     * @param refusals the requests that got an error
     * @param failures the attempts that failed last; absent: nobody heard of them
     */
    public StatusPlaces(
            Whippletree whippletree,
            Supplier<Access> access,
            MemoryBudget memory,
            Refusals refusals,
            Optional<LatestFailures> failures,
            Timeline timeline) {
        this.access = access;
        this.timeline = timeline;
        this.trend = new Trend(whippletree::status, timeline);
        this.status = watched(new StatusHandler(
                whippletree, new OwnPart(access, visits, memory, trend, refusals, failures, timeline::nanoTime)));
    }

    /** Begins to note how it goes. */
    public void begin() {
        trend.begin();
    }

    /** Returns a handler that counts the requests it hands on, and their connections. */
    public HttpHandler counting(HttpHandler next) {
        return visits.counting(next);
    }

    /** Returns what serves the page for people. */
    public HttpHandler page() {
        return new PageHandler();
    }

    /** Returns what serves the status as JSON, to whoever may see it. */
    public HttpHandler status() {
        return status;
    }

    /** Returns what serves everything measured to Prometheus, if it may see that. */
    public HttpHandler metrics(PrometheusMeterRegistry registry) {
        return watched(new MetricsHandler(registry, timeline.executor()));
    }

    private HttpHandler watched(HttpHandler handler) {
        return new WatchedHandler(access, handler);
    }

    /** Notes nothing more. */
    @Override
    public void close() {
        trend.close();
    }
}
