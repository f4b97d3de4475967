package dev.whippletree.emulator.http;

import dev.whippletree.emulator.http.ServiceHandler.BodyReader;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.emulator.wire.RequestReader;
import dev.whippletree.emulator.wire.WireJson;
import dev.whippletree.time.Timeline;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.xnio.Options;

/**
 * The emulated services on a port of the loopback interface. Thread-safe.
 *
 * <p>Each kind of service stands under its own path, with {@code POST …/chat/completions} and {@code GET …/models};
 * what all of them have seen stands under {@code GET /stats}.
 */
public final class EmulatorServer implements AutoCloseable {

    /** Room for many callers that connect at the same instant. */
    private static final int BACKLOG = 10_000;

    private static final String COMPLETIONS = "/chat/completions";
    private static final String FEATURES = "/hf/hf-inference/models/";
    private static final String FEATURES_END = "/pipeline/feature-extraction";
    private static final String STATS = "/stats";
    private static final int IO_THREADS = 2;
    private static final int NOT_FOUND = 404;

    private final Undertow undertow;
    private final Map<ServiceKind, EmulatedService> services = new EnumMap<>(ServiceKind.class);

    private EmulatorServer(List<EmulatedService> services, int port, Timeline timeline, CallListener listener) {
        RoutingHandler routes = new RoutingHandler()
                .setFallbackHandler(EmulatorServer::notFound)
                .setInvalidMethodHandler(EmulatorServer::notFound)
                .get(STATS, exchange -> sendJson(exchange, stats()));
        for (EmulatedService service : services) {
            ServiceKind kind = service.settings().kind();
            if (this.services.put(kind, service) != null) {
                throw new IllegalArgumentException(
                        "a server can have only one service of each kind, not two of " + kind);
            }
            Function<BodyReader, HttpHandler> handler =
                    reader -> new ServiceHandler(service, timeline, listener, reader);
            routes.get(kind.path() + "/models", exchange -> sendJson(exchange, models(service)));
            routes.post(kind.path() + COMPLETIONS, handler.apply((path, body) -> RequestReader.read(body)));
            switch (kind) {
                case OPENAI ->
                    routes.post(
                            kind.path() + "/embeddings",
                            handler.apply((path, body) -> RequestReader.readEmbedding(body)));
                case HUGGING_FACE -> routes.post(FEATURES + "*", handler.apply(EmulatorServer::features));
                case GROQ -> {} // It has no embeddings.
            }
        }
        this.undertow = Undertow.builder()
                .addHttpListener(port, InetAddress.getLoopbackAddress().getHostAddress())
                .setIoThreads(IO_THREADS)
                .setWorkerThreads(1)
                .setSocketOption(Options.BACKLOG, BACKLOG)
                .setServerOption(UndertowOptions.ENABLE_STATISTICS, false)
                .setHandler(routes)
                .build();
    }

    private static ChatRequest features(String path, byte[] body) {
        if (!path.endsWith(FEATURES_END)) {
            throw new IllegalArgumentException("the emulator has no " + path);
        }
        return RequestReader.readFeatures(
                path.substring(FEATURES.length(), path.length() - FEATURES_END.length()), body);
    }

    /**
     * Starts a server. Blocks until it listens.
     *
     * @param services what it serves, at most one of each kind
     * @param port the port; 0: any that is free
     * @param timeline the time it goes by
     * @throws IllegalArgumentException if there are two services of a kind
     * @throws IllegalStateException if the port can't be had
     */
    public static EmulatorServer start(List<EmulatedService> services, int port, Timeline timeline) {
        return start(services, port, timeline, CallListener.NONE);
    }

    /** Starts one as {@link #start(List, int, Timeline)} does, and tells a listener what happens to its calls. */
    public static EmulatorServer start(
            List<EmulatedService> services, int port, Timeline timeline, CallListener listener) {
        EmulatorServer server = new EmulatorServer(services, port, timeline, listener);
        try {
            server.undertow.start();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "the emulator can't listen on port " + port + ": " + cause.getMessage() + "; choose another port",
                    e);
        }
        return server;
    }

    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    /**
     * Returns what the setting {@code base-url} of a service's provider has to be: {@code http://127.0.0.1:9100/hf/v1}.
     */
    public String baseUrl(ServiceKind kind) {
        return address() + kind.base();
    }

    /** Returns where a service takes prompts: {@code http://127.0.0.1:9100/groq/openai/v1/chat/completions}. */
    public String completionsUrl(ServiceKind kind) {
        return address() + kind.path() + COMPLETIONS;
    }

    /** Returns where the statistics are: {@code http://127.0.0.1:9100/stats}. */
    public String statsUrl() {
        return address() + STATS;
    }

    private String address() {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port();
    }

    public List<ServiceStats> stats() {
        List<ServiceStats> stats = new ArrayList<>();
        services.values().forEach(service -> stats.add(service.stats()));
        return stats;
    }

    /** Stops listening and cuts off requests in progress. */
    @Override
    public void close() {
        undertow.stop();
    }

    private static Map<String, Object> models(EmulatedService service) {
        List<Map<String, String>> models = service.settings().models().stream()
                .sorted()
                .map(id -> Map.of("id", id, "object", "model", "owned_by", "emulator"))
                .toList();
        return Map.of("object", "list", "data", models);
    }

    private static void notFound(HttpServerExchange exchange) {
        exchange.setStatusCode(NOT_FOUND);
        String what = exchange.getRequestMethod() + " " + exchange.getRequestPath();
        sendJson(exchange, Map.of("error", Map.of("message", "The emulator has no " + what, "type", "not_found")));
    }

    private static void sendJson(HttpServerExchange exchange, Object value) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(WireJson.write(value));
    }
}
