package dev.whippletree.tests.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Durations;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service with OpenAI's protocol that plays the {@link PlayedAnswer} which the prompt names: a prompt with
 * {@code [openai.tools]} in it has the answer {@code tools}. Thread-safe.
 *
 * <p>Programs of clients ask it what has happened: {@code GET /seen/arrived/MARK} and {@code GET /seen/left/MARK}
 * answer once a request with this text has arrived, and once its caller has left; {@code GET /seen/waiting/COUNT} once
 * so many prompts wait in the gateway's line; {@code GET /seen/cut/MARK} has the answer {@code breaks} break off;
 * {@code GET /seen/received/MARK} lists the bodies of the requests.
 */
final class PlayedService implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern MARK = Pattern.compile("\\[([^\\[\\]\"]+\\.(\\w+))]");
    private static final Pattern SEEN = Pattern.compile("GET /seen/(\\w+)/(\\S+) .*");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> left = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<Void>> cuts = new ConcurrentHashMap<>();
    private volatile IntSupplier waiting = () -> 0;

    PlayedService() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Returns {@code http://127.0.0.1:port}. */
    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Sets who says how many prompts wait in the gateway's line. */
    void waiting(IntSupplier count) {
        waiting = count;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            boolean open = true;
            while (open) {
                @Nullable Request request = Request.read(connection.getInputStream());
                open = request != null && answer(request, connection);
            }
        } catch (IOException e) {
            // The caller has left.
        } finally {
            connections.remove(connection);
        }
    }

    /** Answers one request. Returns whether the connection may be used again. */
    private boolean answer(Request request, Socket connection) throws IOException {
        OutputStream out = connection.getOutputStream();
        Matcher seen = SEEN.matcher(request.line());
        if (seen.matches()) {
            PlayedAnswer.send(out, 200, JSON.writeValueAsString(seen(seen.group(1), seen.group(2))));
            return true;
        }
        received.add(request.body());
        JsonNode body = JSON.readTree(request.body());
        if (request.line().contains("/embeddings ")) {
            PlayedAnswer.send(out, 200, PlayedAnswer.vectors(body));
            return true;
        }
        Matcher mark = MARK.matcher(body.path("messages").toString());
        if (!mark.find()) {
            throw new IOException("a prompt without a mark: " + request.body());
        }
        return switch (new PlayedAnswer(body, out).play(mark.group(2))) {
            case NEXT -> true;
            case SILENCE -> {
                awaitLeft(connection.getInputStream());
                left.add(request.body());
                yield false;
            }
            case CUT -> {
                cut(mark.group(1)).join();
                yield false;
            }
        };
    }

    private static void awaitLeft(InputStream in) {
        try {
            while (in.read() >= 0) {
                // A caller that waits says nothing.
            }
        } catch (IOException e) {
            // It has left in a hurry.
        }
    }

    /** Ends when an answer that breaks off is to do so. */
    private CompletableFuture<Void> cut(String mark) {
        return cuts.computeIfAbsent(mark, key -> new CompletableFuture<>());
    }

    private Object seen(String what, String mark) {
        return switch (what) {
            case "arrived" -> awaitMark(received, mark);
            case "left" -> awaitMark(left, mark);
            case "cut" -> Map.of("done", cut(mark).complete(null));
            case "waiting" -> {
                await().atMost(Durations.ONE_MINUTE).until(() -> waiting.getAsInt() == Integer.parseInt(mark));
                yield Map.of();
            }
            case "received" ->
                received.stream()
                        .filter(body -> body.contains(mark))
                        .map(JSON::readTree)
                        .toList();
            default -> throw new IllegalArgumentException("nobody sees " + what);
        };
    }

    private static Map<String, Object> awaitMark(List<String> bodies, String mark) {
        await().atMost(Durations.ONE_MINUTE).until(() -> bodies.stream().anyMatch(body -> body.contains(mark)));
        return Map.of();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdown();
    }

    /**
     * A request.
     *
     * @param line its first line
     * @param body what it says; empty if nothing
     */
    private record Request(String line, String body) {

        /** Reads the next one. Returns null if there is none. */
        static @Nullable Request read(InputStream in) throws IOException {
            String line = line(in);
            if (line.isEmpty()) {
                return null;
            }
            int length = 0;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                Matcher matcher = LENGTH.matcher(header.toLowerCase(Locale.ROOT));
                length = matcher.matches() ? Integer.parseInt(matcher.group(1)) : length;
            }
            return new Request(line, new String(in.readNBytes(length), UTF_8));
        }

        private static String line(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.append(new String(new byte[] {(byte) next}, ISO_8859_1));
            }
            return line.toString().strip();
        }
    }
}
