package dev.whippletree.gateway;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.batches.GatewayBatches;
import dev.whippletree.gateway.chat.ChatRequest;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.clients.ModelsHandler;
import dev.whippletree.gateway.embeddings.EmbeddingsRequest;
import dev.whippletree.gateway.http.ErrorFormat;
import dev.whippletree.gateway.http.HttpRefusals;
import dev.whippletree.gateway.http.HttpServer;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.Patience;
import dev.whippletree.gateway.http.RequestBody;
import dev.whippletree.gateway.http.RequestLabel;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.RequestNotes.EndedRequest;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.gateway.http.SiteGuard;
import dev.whippletree.gateway.http.StrictRequests;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.messages.MessagesErrors;
import dev.whippletree.gateway.messages.MessagesRequest;
import dev.whippletree.gateway.prompt.ConfirmationHandler;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.gateway.prompt.LatestAnswers;
import dev.whippletree.gateway.prompt.PromptHandler;
import dev.whippletree.gateway.protocol.Protocol;
import dev.whippletree.gateway.responses.ResponsesRequest;
import dev.whippletree.gateway.status.RequestMeters;
import dev.whippletree.gateway.status.StatusPlaces;
import dev.whippletree.gateway.trace.Trace;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.Watch;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server in front of one Whippletree that speaks OpenAI's and Anthropic's protocols. A program in any language only
 * has to change its base URL.
 * Thread-safe.
 *
 * <p>{@code POST /v1/chat/completions}, {@code /v1/responses} and {@code /v1/messages}, whole and as a stream;
 * {@code POST /v1/messages/count_tokens} and {@code /v1/embeddings}; {@code GET /v1/models};
 * {@code /v1/files} and {@code /v1/batches}, if the settings name a folder for them;
 * {@code POST /v1/confirmations} takes what clients say of answers; {@code GET /healthz}, or {@code /health}, says that
 * it runs, {@code GET /readyz} that an account could answer; {@code GET /status} tells how everything stands,
 * {@code GET /metrics} tells it to Prometheus, and the page {@code /} shows it. HTTP/1.1.
 */
public final class Gateway implements AutoCloseable {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** Also where clients of Messages come with a wrong base URL. */
    private static final Map<String, ErrorFormat> ERROR_FORMATS = Map.of(
            "/v1/messages", new MessagesErrors(),
            "/v1/v1/messages", new MessagesErrors(),
            "/messages", new MessagesErrors());

    private final Whippletree whippletree;
    private final Timeline timeline;
    private final UnderWay requests;
    private final StatusPlaces status;
    private final HttpRefusals refusals;
    private final GatewaySettings settings;
    private final Optional<Trace> trace;
    private final HttpServer server;
    private final Optional<GatewayBatches> batches;
    private volatile Access access;
    private volatile @Nullable Heartbeats heartbeats;
    private volatile @Nullable Watch watch;
    private volatile boolean closing;

    private Gateway(
            Whippletree whippletree, GatewaySettings settings, Timeline timeline, Optional<Telemetry> telemetry) {
        this.whippletree = whippletree;
        this.timeline = timeline;
        this.settings = settings;
        settings.bounds().memoryProblem().ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        this.access = Access.of(whippletree.configuration(), settings, timeline, Optional.empty());
        PathHandler paths = new PathHandler(new NoSuchPlace());
        MemoryBudget memory = new MemoryBudget(settings.bounds().memoryBytes());
        RequestBody bodies = new RequestBody(settings.bounds(), memory);
        UnreadAnswers unread = new UnreadAnswers(memory);
        this.trace = settings.trace().map(folder -> Trace.open(folder, timeline));
        GatewayParts parts = new GatewayParts(
                whippletree, () -> access, timeline, new LatestAnswers(), bodies, unread, settings, trace);
        serve(paths, "/v1/chat/completions", post(new PromptHandler(ChatRequest::read, parts)));
        serve(paths, "/v1/messages", post(new PromptHandler(MessagesRequest::read, parts)));
        PromptHandler counted = new PromptHandler(MessagesRequest::readToCount, parts);
        serve(
                paths,
                "/v1/messages/count_tokens",
                post(counted.counting(tokens -> Map.of("input_tokens", tokens.prompt()))));
        serve(paths, "/v1/responses", post(new PromptHandler(ResponsesRequest::read, parts)));
        int mostInputs = settings.bounds().mostEmbeddingInputs();
        Protocol embeddings = fields -> EmbeddingsRequest.read(fields, mostInputs);
        serve(paths, "/v1/embeddings", post(new PromptHandler(embeddings, parts)));
        serve(paths, "/v1/confirmations", post(new ConfirmationHandler(parts)));
        this.batches = settings.batches().map(kept -> new GatewayBatches(kept, parts));
        batches.ifPresent(running -> running.handlers()
                .forEach((place, handler) -> paths.addPrefixPath(place, RequestNotes.at(place, handler))));
        paths.addPrefixPath("/v1/models", RequestNotes.at("/v1/models", get(new ModelsHandler(() -> access))));
        serve(paths, "/healthz", get(this::sendHealth));
        serve(paths, "/health", get(this::sendHealth));
        serve(paths, "/readyz", get(this::sendReadiness));
        HttpHandler guarded = new SiteGuard(
                settings.host(), () -> access.clients().needKeys(), Access.readingKeys(() -> access, paths));
        this.requests = new UnderWay(new StrictRequests(new HttpContinueReadHandler(guarded)));
        this.refusals = new HttpRefusals(timeline);
        this.status = new StatusPlaces(
                whippletree,
                () -> access,
                memory,
                requests,
                refusals,
                telemetry.map(Telemetry::failures),
                batches,
                timeline);
        serve(paths, "/", get(status.page()));
        serve(paths, "/status", get(status.status()));
        telemetry.ifPresent(told -> serve(paths, "/metrics", get(status.metrics(told.metrics()))));
        HttpHandler labelled = RequestLabel.labelling(timeline, ERROR_FORMATS, Response.answering(requests));
        Consumer<EndedRequest> meters = telemetry
                .<Consumer<EndedRequest>>map(told -> new RequestMeters(told.registry()))
                .orElse(ended -> {});
        this.server = listen(settings, RequestNotes.noting(timeline::nanoTime, refusals, meters, labelled));
        telemetry.ifPresent(told -> status.measure(told.registry(), server.connections(), unread, trace));
        status.begin(server.connections());
        batches.ifPresent(GatewayBatches::begin);
        beginHeartbeats();
    }

    private static void serve(PathHandler paths, String place, HttpHandler handler) {
        paths.addExactPath(place, RequestNotes.at(place, handler));
    }

    private static HttpServer listen(GatewaySettings settings, HttpHandler handler) {
        try {
            return HttpServer.start(settings, handler);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(
                    "the gateway can't listen on " + settings.host() + ":" + settings.port() + ": " + root(e)
                            + "; choose another host or port",
                    e);
        }
    }

    /**
     * Starts a gateway that shows its Whippletree's status. Blocks until it listens.
     *
     * @param whippletree what answers; stays open when the gateway is closed
     * @param timeline the time it goes by
     * @throws IllegalArgumentException if the settings can't be used with the Whippletree's configuration, saying
     *     everything that is wrong
     * @throws IllegalStateException if the address can't be had, saying what to do
     */
    public static Gateway start(Whippletree whippletree, GatewaySettings settings, Timeline timeline) {
        return new Gateway(whippletree, settings, timeline, Optional.empty());
    }

    /**
     * Starts a gateway that also shows its telemetry, such as the latest failures. Blocks until it listens.
     *
     * @param whippletree what answers; stays open when the gateway is closed
     * @param timeline the time it goes by
     * @param telemetry whose listeners the Whippletree was built with
     * @throws IllegalArgumentException if the settings can't be used with the Whippletree's configuration, saying
     *     everything that is wrong
     * @throws IllegalStateException if the address can't be had, saying what to do
     */
    public static Gateway start(
            Whippletree whippletree, GatewaySettings settings, Timeline timeline, Telemetry telemetry) {
        return new Gateway(whippletree, settings, timeline, Optional.of(telemetry));
    }

    private void beginHeartbeats() {
        Heartbeats begun = new Heartbeats(Vitals.of(timeline, server.worker()), timeline::nanoTime);
        heartbeats = begun;
        watch = Watch.start("whippletree-gateway-watch", Heartbeats.PAUSE, begun::look);
    }

    private void endHeartbeats() {
        if (heartbeats != null) {
            heartbeats.stop();
        }
        if (watch != null) {
            watch.close();
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /**
     * Applies changed clients and restrictions, together with the current configuration of its Whippletree. Requests
     * in progress finish under the earlier ones.
     *
     * @param next the settings; of them, only the clients, the watch key and whether accounts are shown can change
     *     while it runs
     * @return whether something else has changed as well, which takes effect after a restart
     * @throws IllegalArgumentException if they can't be used, saying everything that is wrong; nothing has changed
     *     then. Where keys of clients are needed, or a watch key, settings without can't be used until a restart
     */
    public boolean reload(GatewaySettings next) {
        PreparedReload prepared = prepare(whippletree.configuration(), next);
        prepared.takeOver().run();
        return prepared.needsRestart();
    }

    /**
     * Prepares a {@link #reload}, for callers that change something else at the same time. Changes nothing yet. Reads
     * the keys, which may read files.
     *
     * @param configuration the Whippletree's configuration at the time of the change
     * @param next the settings; of them, only the clients, the watch key and whether accounts are shown can change
     *     while it runs
     * @throws IllegalArgumentException if they are invalid, with every problem
     */
    public PreparedReload prepare(Configuration configuration, GatewaySettings next) {
        // By the address it has, whatever its name leads to by now.
        GatewaySettings bound = settings.withHost(address().getAddress().getHostAddress());
        GatewaySettings unused = bound.withClients(next.clients(), next.watchKey());
        GatewaySettings here =
                settings.withClients(next.clients(), next.watchKey()).withShowAccounts(next.showAccounts());
        Access prepared = Access.of(configuration, next, timeline, Optional.of(access));
        return new PreparedReload(() -> access = prepared, !here.equals(next));
    }

    /** Returns the port it listens on. */
    public int port() {
        return address().getPort();
    }

    /** Returns what a client's base URL has to be: {@code http://127.0.0.1:8080/v1}. */
    public String baseUrl() {
        return pageUrl() + "v1";
    }

    /**
     * Returns the address of the status page: {@code http://127.0.0.1:8080/}; one on this machine if it listens on all.
     */
    public String pageUrl() {
        InetAddress host = address().getAddress();
        String name = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port() + "/";
    }

    private InetSocketAddress address() {
        return server.address();
    }

    /** Answers on an I/O thread; if that thread is stuck, there is no answer at all. */
    private void sendHealth(HttpServerExchange exchange) {
        Optional<String> silent = Optional.ofNullable(heartbeats).flatMap(Heartbeats::silent);
        if (silent.isPresent()) {
            Response.send(exchange, UNAVAILABLE, Map.of("status", "stuck", "silent", silent.get()));
        } else {
            Response.send(exchange, OK, Map.of("status", "ok"));
        }
    }

    /**
     * Sets a callback for when the gateway can't continue: a thread that it needs has ended, or has run nothing for a
     * minute. Called at most once, and never while the gateway is being closed.
     *
     * @param told called with the name of the stalled thread, on a thread that does nothing else; there may be no
     *     memory left. Replaces an earlier callback
     */
    public void whenStandstill(Consumer<String> told) {
        if (heartbeats != null) {
            heartbeats.whenStandstill(told);
        }
    }

    /** An account that the next prompt would probe counts as ready, or no prompt would ever be sent to probe it. */
    private void sendReadiness(HttpServerExchange exchange) {
        boolean ready = !closing
                && whippletree.status().accounts().stream()
                        .anyMatch(account -> account.state() != StatusSnapshot.AccountState.OFF
                                || account.until().isEmpty());
        Response.send(exchange, ready ? OK : UNAVAILABLE, Map.of("status", ready ? "ready" : "not ready"));
    }

    private static HttpHandler post(HttpHandler handler) {
        return only(Set.of(Methods.POST), handler);
    }

    /** Undertow omits the body for HEAD. */
    private static HttpHandler get(HttpHandler handler) {
        return only(Set.of(Methods.GET, Methods.HEAD), handler);
    }

    private static HttpHandler only(Set<HttpString> methods, HttpHandler handler) {
        return exchange -> {
            if (methods.contains(exchange.getRequestMethod())) {
                handler.handleRequest(exchange);
            } else {
                throw Response.wrongMethod(exchange, methods.stream().map(HttpString::toString));
            }
        };
    }

    /**
     * Refuses new requests and waits for those in progress.
     *
     * @param grace how long they may take; what is left then ends with an error of code {@code closing}, and what can't
     *     be told of that within 2 seconds by a reset of its connection. Lines of batches that are being asked have as
     *     long, and are asked again by whoever goes on with the batch
     * @return completes when the gateway is closed
     */
    public CompletableFuture<Void> close(Duration grace) {
        closing = true;
        status.close();
        endHeartbeats();
        CompletableFuture<Void> quiet = requests.refuse();
        CompletableFuture<Void> runs =
                batches.map(running -> running.close(grace)).orElseGet(() -> CompletableFuture.completedFuture(null));
        return Patience.atMost(grace, quiet, timeline)
                .thenCompose(ended -> {
                    requests.end();
                    return Patience.atMost(LAST_WORDS, quiet, timeline);
                })
                .thenCompose(ended -> runs)
                .thenRunAsync(
                        () -> {
                            requests.giveUp();
                            server.stop();
                            trace.ifPresent(Trace::close);
                            refusals.log();
                        },
                        timeline.executor());
    }

    /** Closes it with half a minute of grace, and blocks until that is done. */
    @Override
    public void close() {
        close(GRACE).join();
    }
}
