package dev.whippletree.emulator.http;

import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.wire.ResponseWriter;
import dev.whippletree.emulator.wire.WireResponse;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the requests of one kind to one service. Thread-safe; runs on I/O threads and never blocks. */
final class ServiceHandler implements HttpHandler {

    private static final String BEARER = "Bearer ";

    private final EmulatedService service;
    private final ResponseWriter writer;
    private final Timeline timeline;
    private final CallListener listener;
    private final BodyReader reader;

    /** Reads the body of a request to a path. */
    interface BodyReader {

        /** @throws IllegalArgumentException if it isn't a request, saying why */
        ChatRequest read(String path, byte[] body);
    }

    ServiceHandler(EmulatedService service, Timeline timeline, CallListener listener, BodyReader reader) {
        this.service = service;
        this.reader = reader;
        this.writer = new ResponseWriter(service.settings());
        this.timeline = timeline;
        this.listener = listener;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.getRequestReceiver().receiveFullBytes(this::received, ServiceHandler::unreceived);
    }

    private void received(HttpServerExchange exchange, byte[] body) {
        long arrivedNanos = timeline.nanoTime();
        WireResponse response = response(exchange, body, arrivedNanos);
        Player player = new Player(exchange, response, timeline::nanoTime, arrivedNanos);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
            tell(exchange, body);
            player.start();
        });
    }

    /** The server reads no more of a body that is too large. */
    private static void unreceived(HttpServerExchange exchange, IOException failure) {
        if (!(failure instanceof RequestTooBigException)) {
            exchange.endExchange();
            return;
        }
        exchange.setStatusCode(StatusCodes.REQUEST_ENTITY_TOO_LARGE);
        exchange.setPersistent(false);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender()
                .send("{\"error\":{\"type\":\"request_too_large\",\"message\":\"The emulator reads bodies of "
                        + exchange.getMaxEntitySize() + " bytes at most\"}}");
    }

    private void tell(HttpServerExchange exchange, byte[] body) {
        if (listener != CallListener.NONE) {
            ServiceKind kind = service.settings().kind();
            listener.arrived(kind, body);
            CallerWatch.start(exchange, () -> listener.left(kind, body));
        }
    }

    private WireResponse response(HttpServerExchange exchange, byte[] body, long arrivedNanos) {
        Optional<String> token = token(exchange);
        ChatRequest request;
        try {
            request = reader.read(exchange.getRequestPath(), body);
        } catch (IllegalArgumentException e) {
            Outcome outcome = service.receiveUnreadable(token, String.valueOf(e.getMessage()), arrivedNanos);
            return writer.write(Optional.empty(), outcome, timeline.now());
        }
        return writer.write(Optional.of(request), service.receive(token, request, arrivedNanos), timeline.now());
    }

    private static Optional<String> token(HttpServerExchange exchange) {
        @Nullable String header = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
        return Optional.ofNullable(header)
                .filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).trim());
    }
}
