package dev.whippletree.gateway.http;

import io.undertow.server.ConduitWrapper;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.ConduitFactory;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Notes what the metrics tell of one request. Used by one thread at a time, like its exchange. The time of a request
 * begins when its head has been read.
 */
public final class RequestNotes implements ConduitWrapper<StreamSinkConduit>, ExchangeCompletionListener {

    /** The value of whatever is unknown or doesn't apply. */
    public static final String NONE = "none";

    /** The code of a request whose connection ended before its response was written. */
    public static final String DISCONNECTED = "disconnected";

    private static final AttachmentKey<RequestNotes> OF_EXCHANGE = AttachmentKey.create(RequestNotes.class);

    private final LongSupplier nanoTime;
    private final HttpRefusals refusals;
    private final Consumer<EndedRequest> ended;
    private final long receivedAt;
    private String place = NONE;
    private String route = NONE;
    private String client = NONE;
    private String code = NONE;
    private int status;
    private long firstByteNanos = -1;

    /**
     * A request whose exchange is over. Immutable.
     *
     * @param place the path as the gateway serves it, never as it was sent; else {@link #NONE}
     * @param route the configured route that its model led to; else {@link #NONE}
     * @param client the client that its key belongs to; else {@link #NONE}
     * @param status the HTTP status; 0 if the response didn't begin
     * @param code the code of its error, or why its response isn't whole; else {@link #NONE}
     * @param firstByteNanos when its response began, in nanoseconds after the request; negative if it didn't
     * @param wholeNanos when the exchange was over, in nanoseconds after the request
     */
    public record EndedRequest(
            String place, String route, String client, int status, String code, long firstByteNanos, long wholeNanos) {}

    private RequestNotes(LongSupplier nanoTime, HttpRefusals refusals, Consumer<EndedRequest> ended) {
        this.nanoTime = nanoTime;
        this.refusals = refusals;
        this.ended = ended;
        this.receivedAt = nanoTime.getAsLong();
    }

    /**
     * Returns a handler that takes notes of the requests it hands on. All requests must pass it.
     *
     * @param ended receives each request when its exchange is over; doesn't block
     */
    public static HttpHandler noting(
            LongSupplier nanoTime, HttpRefusals refusals, Consumer<EndedRequest> ended, HttpHandler next) {
        return exchange -> {
            RequestNotes notes = new RequestNotes(nanoTime, refusals, ended);
            exchange.putAttachment(OF_EXCHANGE, notes);
            exchange.addResponseWrapper(notes);
            exchange.addExchangeCompleteListener(notes);
            next.handleRequest(exchange);
        };
    }

    /** Returns a handler that notes the place of the requests it hands on. */
    public static HttpHandler at(String place, HttpHandler next) {
        return exchange -> {
            of(exchange).place = place;
            next.handleRequest(exchange);
        };
    }

    /** Notes the client that a request's key belongs to; empty: no key is needed. */
    public static void client(HttpServerExchange exchange, String tenant) {
        of(exchange).client = tenant.isEmpty() ? NONE : tenant;
    }

    /** Notes the configured route that a request's model leads to. */
    public static void route(HttpServerExchange exchange, String route) {
        of(exchange).route = route;
    }

    /** Notes that a request gets an error, or a reset in its place. Of several, the first one's code counts. */
    public static void error(HttpServerExchange exchange, ApiError error) {
        RequestNotes notes = of(exchange);
        notes.fail(notes.refusals.add(error, RequestLabel.of(exchange)));
    }

    private static RequestNotes of(HttpServerExchange exchange) {
        return exchange.getAttachment(OF_EXCHANGE);
    }

    private void fail(String why) {
        code = code.equals(NONE) ? why : code;
    }

    /** Called when the response begins, by its head. */
    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        firstByteNanos = nanoTime.getAsLong() - receivedAt;
        status = exchange.getStatusCode();
        return factory.create();
    }

    @Override
    public void exchangeEvent(HttpServerExchange exchange, NextListener next) {
        try {
            // The end of a connection completes the response, too.
            if (!exchange.isResponseComplete() || !exchange.getConnection().isOpen()) {
                fail(DISCONNECTED);
            }
            long wholeNanos = nanoTime.getAsLong() - receivedAt;
            ended.accept(new EndedRequest(place, route, client, status, code, firstByteNanos, wholeNanos));
        } finally {
            next.proceed();
        }
    }
}
