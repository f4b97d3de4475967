package dev.whippletree.gateway.status;

import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.RequestNotes.EndedRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Counts and times the requests to a gateway. Thread-safe; never blocks.
 *
 * <p>Nothing that a request says becomes a tag: places, routes and clients are those of the gateway's configuration,
 * which may hold many, so the number of rows has a bound too.
 */
public final class RequestMeters implements Consumer<EndedRequest> {

    static final String REQUESTS = "whippletree.gateway.requests";
    static final String FIRST_BYTE = "whippletree.gateway.request.first_byte";
    static final String DURATION = "whippletree.gateway.request.duration";

    /** Beyond these, requests differ by path and status alone. */
    static final int MOST_ROWS = 2_000;

    /** The value of a tag that has too many. */
    static final String OTHER = "_OTHER";

    /** From an answer of a cache to one that waited for an hour's limit. */
    private static final Duration[] BUCKETS = LongStream.of(
                    5, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000,
                    1_800_000, 3_600_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Map<Row, RowMeters> rows = new ConcurrentHashMap<>();

    /**
     * What distinguishes requests.
     *
     * @param status 0: no response had begun
     */
    private record Row(String place, String route, String client, int status, String code) {

        /** A call that fails at once would otherwise look like a fast answer. */
        String outcome() {
            boolean answered = code.equals(RequestNotes.NONE) && status < StatusCodes.BAD_REQUEST;
            return answered ? "answered" : code.equals(RequestNotes.DISCONNECTED) ? code : "failed";
        }

        /** Returns a row of which there are few, with the same outcome. */
        Row merged() {
            return new Row(place, OTHER, OTHER, status, outcome().equals("failed") ? OTHER : code);
        }
    }

    private record RowMeters(Counter requests, Timer firstByte, Timer duration) {}

    public RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void accept(EndedRequest ended) {
        Row row = new Row(ended.place(), ended.route(), ended.client(), ended.status(), ended.code());
        RowMeters meters = rows.get(row);
        if (meters == null) {
            meters = add(row);
        }
        meters.requests().increment();
        meters.duration().record(ended.wholeNanos(), TimeUnit.NANOSECONDS);
        if (ended.firstByteNanos() >= 0) {
            meters.firstByte().record(ended.firstByteNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private RowMeters add(Row row) {
        Row bounded = rows.size() < MOST_ROWS ? row : row.merged();
        return rows.computeIfAbsent(
                bounded,
                added -> new RowMeters(
                        counter(added),
                        timer(FIRST_BYTE, "Time from a request's head to the head of its response", added),
                        timer(DURATION, "Time from a request's head to the end of its response", added)));
    }

    private Counter counter(Row row) {
        return Counter.builder(REQUESTS)
                .description("Requests that have ended")
                .tags(Tags.of("path", row.place(), "route", row.route(), "client", row.client())
                        .and("status", row.status() == 0 ? RequestNotes.NONE : Integer.toString(row.status()))
                        .and("code", row.code()))
                .register(registry);
    }

    /** Without clients: each of these has many buckets. */
    private Timer timer(String name, String meaning, Row row) {
        return Timer.builder(name)
                .description(meaning)
                .tags("path", row.place(), "route", row.route(), "outcome", row.outcome())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
