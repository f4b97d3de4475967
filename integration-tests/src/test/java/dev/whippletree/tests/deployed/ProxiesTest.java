package dev.whippletree.tests.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Secret;
import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.tests.clients.Surroundings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The samples for proxies, with the proxies that the system has: a stream whose service is silent for longer than
 * proxies usually wait, and then again, passes whole and piece by piece.
 */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
final class ProxiesTest {

    private static final String KEY = "key-of-acme-0123456789";
    private static final Pattern QUESTION = Pattern.compile("question (\\w+)");

    /** Before anything is sent; nginx, as it comes, waits for 60 s. Together, they are 90 s. */
    private static final Duration FIRST_SILENCE = Duration.ofSeconds(65);

    /** Between two pieces. */
    private static final Duration SECOND_SILENCE = Duration.ofSeconds(25);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    /** Completed once the client has the first piece of an answer: no proxy may keep it for later. */
    private final Map<String, CompletableFuture<Void>> firstPieces = new ConcurrentHashMap<>();

    private CompletableFuture<Void> firstPiece(String question) {
        return firstPieces.computeIfAbsent(question, key -> new CompletableFuture<>());
    }

    private static void pass(Duration time) {
        new CompletableFuture<Void>()
                .completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** A service that thinks, sends a piece, is silent, and sends another one. */
    private HttpServer service(ExecutorService threads) throws IOException {
        HttpServer service = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        service.setExecutor(threads);
        service.createContext("/", exchange -> {
            Matcher question =
                    QUESTION.matcher(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            assertThat(question.find()).isTrue();
            pass(FIRST_SILENCE);
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                send(body, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"first piece\"}}]}");
                firstPiece(question.group(1))
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
                pass(SECOND_SILENCE);
                send(body, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" and second\"}}]}");
                send(body, "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
                send(body, "[DONE]");
            }
        });
        service.start();
        return service;
    }

    private static void send(OutputStream body, String data) throws IOException {
        body.write(("data: " + data + "\n\n").getBytes(UTF_8));
        body.flush();
    }

    private Path configuration(HttpServer service) throws IOException {
        return Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - id: slow
                    provider: openai
                    token: none
                    base-url: http://127.0.0.1:%d/v1
                routes:
                  default:
                    model: m
                    timeouts: { first-byte: 2m, first-token: 2m, between-tokens: 1m, whole: 4m }
                caches: []
                """.formatted(
                        service.getAddress().getPort()));
    }

    /** Asks through a proxy, and returns what arrives, line by line. */
    private List<String> ask(HttpClient client, int port, String question) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"stream": true, "messages": [{"role": "user", "content": "question %s"}]}
                        """.formatted(question)))
                .build();
        HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());
        List<String> lines = new ArrayList<>();
        response.body().forEach(line -> {
            lines.add(line);
            if (line.contains("first piece")) {
                firstPiece(question).complete(null);
            }
        });
        assertThat(response.statusCode()).as(lines.toString()).isEqualTo(200);
        return lines;
    }

    private void passesWhole(Proxy proxy) throws Exception {
        int port = RedisProcess.freePort();
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer service = service(threads);
        try (SystemTimeline timeline = new SystemTimeline();
                Whippletree whippletree = Whippletree.builder()
                        .timeline(timeline)
                        .configuration(configuration(service))
                        .environment(Map.of())
                        .build()) {
            GatewaySettings.Client acme = new GatewaySettings.Client("acme", Secret.of(KEY), List.of());
            Gateway gateway = Gateway.start(
                    whippletree,
                    GatewaySettings.DEFAULT.withPort(0).withClients(List.of(acme), Optional.empty()),
                    timeline);
            Process process = proxy.start(port, URI.create(gateway.baseUrl()).getPort());
            try {
                awaitOpen(port, process);

                List<String> lines = ask(
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .build(),
                        port,
                        "one");

                assertThat(String.join("\n", lines)).contains("first piece", " and second");
                assertThat(lines.stream().filter(line -> !line.isBlank()).toList())
                        .endsWith("data: [DONE]")
                        // Sent in the second silence.
                        .contains(": keep-alive");
            } finally {
                process.destroy();
                process.waitFor();
                gateway.close(Duration.ZERO).join();
            }
        } finally {
            service.stop(0);
            threads.shutdownNow();
        }
    }

    private void awaitOpen(int port, Process process) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive()).as(() -> printed()).isTrue();
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    private String printed() {
        try {
            return Files.readString(folder.resolve("printed"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Starts a proxy with a sample. */
    private interface Proxy {
        Process start(int port, int gatewayPort) throws IOException;
    }

    private Process start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("printed").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Replaces what each user changes: exactly once, or the sample isn't what this test knows. */
    private static String changed(String sample, Map<String, String> changes) {
        String changed = sample;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            assertThat(changed.split(Pattern.quote(change.getKey()), -1))
                    .as(change.getKey())
                    .hasSize(2);
            changed = changed.replace(change.getKey(), change.getValue());
        }
        return changed;
    }

    @Test
    void nginx_passesAStreamWithLongSilences_pieceByPiece() throws Exception {
        Path nginx = Surroundings.need(
                Surroundings.onPath("nginx").findFirst(), "there is no nginx; install it with apt-get");
        passesWhole((port, gatewayPort) -> {
            String sample = changed(
                    DeployFolder.text("nginx.conf"),
                    Map.of(
                            "listen 443 ssl;",
                            "listen 127.0.0.1:" + port + ";",
                            "ssl_certificate /etc/ssl/certs/whippletree.pem;",
                            "",
                            "ssl_certificate_key /etc/ssl/private/whippletree.pem;",
                            "",
                            "server 127.0.0.1:8080;",
                            "server 127.0.0.1:" + gatewayPort + ";"));
            Path file = Files.writeString(folder.resolve("nginx.conf"), """
                    daemon off;
                    %s
                    worker_processes 1;
                    pid %2$s/pid;
                    error_log stderr;
                    events {}
                    http {
                        access_log off;
                        client_body_temp_path %2$s/body;
                        proxy_temp_path %2$s/proxy;
                        fastcgi_temp_path %2$s/fastcgi;
                        uwsgi_temp_path %2$s/uwsgi;
                        scgi_temp_path %2$s/scgi;
                    %3$s
                    }
                    """.formatted(
                            System.getProperty("user.name").equals("root") ? "user root;" : "", folder, sample));
            return start(Map.of(), nginx.toString(), "-c", file.toString(), "-e", "stderr");
        });
    }

    @Test
    void caddy_passesAStreamWithLongSilences_pieceByPiece() throws Exception {
        Path caddy = Surroundings.need(
                Surroundings.onPath("caddy").findFirst(), "there is no caddy; install it with apt-get");
        passesWhole((port, gatewayPort) -> {
            String sample = changed(
                    DeployFolder.text("Caddyfile"),
                    Map.of(
                            "whippletree.example.com {", "http://127.0.0.1:" + port + " {",
                            "reverse_proxy 127.0.0.1:8080 {", "reverse_proxy 127.0.0.1:" + gatewayPort + " {"));
            Path file = Files.writeString(folder.resolve("Caddyfile"), "{\n\tadmin off\n}\n" + sample);
            return start(
                    Map.of(
                            "HOME",
                            folder.toString(),
                            "XDG_DATA_HOME",
                            folder.toString(),
                            "XDG_CONFIG_HOME",
                            folder.toString()),
                    caddy.toString(),
                    "run",
                    "--config",
                    file.toString(),
                    "--adapter",
                    "caddyfile");
        });
    }

    /** Returns the seconds that a sample states, by the group of a pattern. */
    private static long seconds(String sample, String pattern) throws IOException {
        Matcher stated = Pattern.compile(pattern).matcher(DeployFolder.text(sample));
        assertThat(stated.find()).as(sample).isTrue();
        return Long.parseLong(stated.group(1));
    }

    /** A proxy that waits less than the gateway lets a request wait would end it. */
    @Test
    void samples_waitLongerThanTheDeadlineOfTheGateway() throws IOException {
        long deadline = GatewaySettings.Bounds.DEFAULT.deadline().toSeconds();
        assertThat(seconds("nginx.conf", "proxy_read_timeout (\\d+)s")).isGreaterThan(deadline);
        assertThat(seconds("Caddyfile", "response_header_timeout (\\d+)s")).isGreaterThan(deadline);
    }

    /** A proxy that keeps a connection for longer may send a request on one that the gateway is just closing. */
    @Test
    void samples_closeIdleConnectionsBeforeTheGatewayDoes() throws IOException {
        long idle = GatewaySettings.Bounds.DEFAULT.idleTimeout().toSeconds();
        assertThat(seconds("nginx.conf", "keepalive_timeout (\\d+)s")).isLessThan(idle);
        assertThat(seconds("Caddyfile", "keepalive (\\d+)s")).isLessThan(idle);
    }
}
