package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.xnio.XnioIoThread;

/** A gateway on a port of its own, in front of a scripted service with two accounts. */
public final class RunningGateway implements AutoCloseable {

    public static final String HI = "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    public static final String HI_STREAMED = "{\"stream\":true," + HI.substring(1);

    private static final int PATIENCE_MILLIS = 60_000;

    /** Its service is silent for as long as a test needs, which is long on a slow machine. */
    private static final Timeouts PATIENT = Timeouts.DEFAULT.withBetweenTokens(Duration.ofHours(1));

    private static final int MOST_HASTY_TRIES = 20;
    private static final int TURNS_UNTIL_STUCK = 10_000;

    private final GatewaySettings settings;
    private final Optional<ManualTimeline> manual;
    private final SystemTimeline real = new SystemTimeline();
    public final ScriptedProvider provider;
    public final Whippletree whippletree;
    public final Gateway gateway;
    private boolean closed;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public RunningGateway(GatewaySettings settings) {
        this(settings, UnaryOperator.identity());
    }

    public RunningGateway(GatewaySettings settings, UnaryOperator<Whippletree.Builder> more) {
        this(settings, Optional.empty(), new ScriptedProvider(), more);
    }

    /** The service is ready for calls that the gateway makes at once, such as those of a batch that it goes on with. */
    public RunningGateway(GatewaySettings settings, ScriptedProvider service) {
        this(settings, Optional.empty(), service, UnaryOperator.identity());
    }

    /** The gateway goes by a time that the test moves; its Whippletree does if it is built so. */
    public RunningGateway(GatewaySettings settings, ManualTimeline manual, UnaryOperator<Whippletree.Builder> more) {
        this(settings, Optional.of(manual), new ScriptedProvider(), more);
    }

    private RunningGateway(
            GatewaySettings settings,
            Optional<ManualTimeline> manual,
            ScriptedProvider service,
            UnaryOperator<Whippletree.Builder> more) {
        this.settings = settings;
        this.manual = manual;
        this.provider = service;
        Timeline timeline = manual.<Timeline>map(given -> given).orElse(real);
        Telemetry telemetry = new Telemetry(timeline);
        Whippletree.Builder builder = more.apply(Whippletree.builder());
        telemetry.listeners().forEach(builder::listener);
        whippletree = builder.provider(provider)
                .account("one", "scripted", "token-1")
                .account("two", "scripted", "token-2")
                .route(RouteSettings.builder(
                                "fast", List.of(new Tier(List.of(new TargetSettings("one", "small-model")))))
                        .aliases(List.of("gpt-4o-mini"))
                        .timeouts(PATIENT)
                        .build())
                .route(RouteSettings.of(
                        "good",
                        List.of(
                                new Tier(List.of(new TargetSettings("one", "large-model"))),
                                new Tier(List.of(new TargetSettings("two", "small-model"))))))
                .build();
        gateway = Gateway.start(whippletree, settings.withPort(0), timeline, telemetry);
    }

    public static RunningGateway open() {
        return new RunningGateway(GatewaySettings.DEFAULT);
    }

    public static GatewaySettings.Client client(String name, String key, String... limits) {
        return new GatewaySettings.Client(
                name, Secret.of(key), Stream.of(limits).map(Limit::parse).toList());
    }

    /** Returns the usual settings with clients. */
    public static GatewaySettings with(GatewaySettings.Client... clients) {
        return GatewaySettings.DEFAULT.withClients(List.of(clients), Optional.empty());
    }

    /** Returns the usual settings with a watch key and clients. */
    public static GatewaySettings watched(String watchKey, GatewaySettings.Client... clients) {
        return GatewaySettings.DEFAULT.withClients(List.of(clients), Optional.of(Secret.of(watchKey)));
    }

    /** Returns the usual settings with bounds. */
    public static GatewaySettings bounded(UnaryOperator<GatewaySettings.Bounds> change) {
        return GatewaySettings.DEFAULT.withBounds(change.apply(GatewaySettings.Bounds.DEFAULT));
    }

    /** Returns its settings with other clients. */
    public GatewaySettings settings(GatewaySettings.Client... clients) {
        return settings(Optional.empty(), clients);
    }

    /** Returns its settings with another watch key and other clients. */
    public GatewaySettings settings(Optional<String> watchKey, GatewaySettings.Client... clients) {
        return settings.withPort(0).withClients(List.of(clients), watchKey.map(Secret::of));
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMillis(PATIENCE_MILLIS));
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Sends a request to a gateway that cuts slow clients off after a moment, until this machine was fast enough for
     * it.
     */
    public static <T> T hastily(Callable<T> request) throws Exception {
        for (int tries = 1; ; tries++) {
            try {
                return request.call();
            } catch (IOException e) {
                if (tries == MOST_HASTY_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Sends a request without a body. */
    public HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    public CompletableFuture<HttpResponse<String>> getLater(String path, String... headers) {
        return http.sendAsync(request(path).headers(headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        return postTo("/v1/chat/completions", body, headers);
    }

    public HttpResponse<String> postTo(String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Opens a connection and sends something on it. */
    public Socket send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Opens a connection and sends something on it. */
    public Socket send(byte[] bytes) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(bytes);
        return socket;
    }

    /**
     * Waits until the server has done all that it does once a response has been sent: its client may have it before
     * that.
     */
    public static void settle() {
        giveTurns(serverThreads());
    }

    private static List<XnioIoThread> serverThreads() {
        List<XnioIoThread> threads = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread instanceof XnioIoThread worker && worker.isAlive()) {
                threads.add(worker);
            }
        }
        return threads;
    }

    private static void giveTurns(List<XnioIoThread> threads) {
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        for (XnioIoThread thread : threads) {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            thread.execute(() -> turn.complete(null));
            turns.add(turn);
        }
        turns.forEach(
                turn -> turn.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join());
    }

    /**
     * Waits until the server is stuck in the middle of a stream that its client doesn't read: until nothing more has
     * come while the server's threads had very many turns.
     */
    public static void awaitStuck(Socket socket) throws IOException {
        // Looking for them takes far longer than a turn.
        List<XnioIoThread> threads = serverThreads();
        int before = -1;
        for (int turns = 0; turns < TURNS_UNTIL_STUCK; turns++) {
            giveTurns(threads);
            int now = socket.getInputStream().available();
            turns = now == before ? turns : 0;
            before = now;
        }
    }

    /** Returns a request as it goes over the wire. */
    public static String wire(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** Reads until a text has come, or the end. */
    public static String readUntil(Socket socket, String text) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder read = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            read.append((char) next);
            // Not in all of it: that would take the square of its length.
            if (read.indexOf(text, read.length() - text.length()) >= 0) {
                break;
            }
        }
        return read.toString();
    }

    /** Reads a response that says how long it is. */
    public static String readResponse(Socket socket) throws IOException {
        String head = readUntil(socket, "\r\n\r\n");
        if (head.isEmpty()) {
            throw new EOFException("the connection ended before a response");
        }
        String length = head.replaceFirst("(?s).*Content-Length: (\\d+).*", "$1");
        byte[] body = socket.getInputStream().readNBytes(Integer.parseInt(length));
        return head + new String(body, StandardCharsets.UTF_8);
    }

    /** Reads until the connection ends. */
    public static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Reads JSON with single quotes for double ones. */
    public static Map<String, Object> quoted(String json) {
        return json(json.replace('\'', '"'));
    }

    /** Returns the value at a path of names and places in lists, {@code error.code}, as text. */
    public static String at(HttpResponse<String> response, String path) {
        Object value = json(response);
        for (String step : path.split("\\.")) {
            if (value instanceof List<?> list) {
                value = list.get(Integer.parseInt(step));
            } else if (value instanceof Map<?, ?> map) {
                value = map.get(step);
            } else {
                throw new AssertionError("there is no '" + step + "' in " + value);
            }
        }
        return String.valueOf(value);
    }

    public static void assertError(HttpResponse<String> response, int status, String code, String words) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(at(response, "error.code")).isEqualTo(code);
        assertThat(at(response, "error.message")).contains(words);
    }

    public static Map<String, Object> json(HttpResponse<String> response) {
        return json(response.body());
    }

    public static Map<String, Object> json(String text) {
        return GatewayJson.object(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), values -> {})
                .orElseThrow(() -> new AssertionError("no JSON object: " + text));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        end(gateway.close(Duration.ZERO));
        end(whippletree.close(Duration.ZERO));
        real.close();
        manual.ifPresent(ManualTimeline::close);
    }

    private void end(CompletableFuture<Void> closed) {
        manual.ifPresentOrElse(timeline -> timeline.advanceUntil(closed), closed::join);
    }
}
