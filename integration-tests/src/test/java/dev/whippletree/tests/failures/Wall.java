package dev.whippletree.tests.failures;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service of a scenario on a loopback socket, as an OpenAI-compatible one that breaks: it resets connections, cuts
 * streams and sends events that are no JSON. Thread-safe.
 */
final class Wall implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FailoverScenario scenario;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<Double> firstChoice = new CopyOnWriteArrayList<>();
    private final List<String> fallback = new CopyOnWriteArrayList<>();

    Wall(FailoverScenario scenario) {
        this.scenario = scenario;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    /** Returns when the model of first choice was called, in seconds. */
    List<Double> firstChoice() {
        return List.copyOf(firstChoice);
    }

    /** Returns the role of the last message of each call of the fallback. */
    List<String> fallbackRoles() {
        return List.copyOf(fallback);
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
            BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
            for (@Nullable String body = request(in); body != null; body = request(in)) {
                if (!answer(JSON.readTree(body.getBytes(ISO_8859_1)), connection)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    /** Returns the next request's body, one character a byte; null if there is none. */
    private static @Nullable String request(BufferedReader in) throws IOException {
        int length = 0;
        @Nullable String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            String lower = line.toLowerCase(Locale.ROOT);
            length = lower.startsWith("content-length:")
                    ? Integer.parseInt(line.substring(15).strip())
                    : length;
            line = in.readLine();
        }
        char[] body = new char[length];
        int read = 0;
        while (line != null && read < length) {
            int more = in.read(body, read, length - read);
            if (more < 0) {
                return null;
            }
            read += more;
        }
        return line == null ? null : new String(body);
    }

    /** Answers a request. Returns whether the connection may be used again. */
    private boolean answer(JsonNode request, Socket connection) throws IOException {
        OutputStream out = connection.getOutputStream();
        String model = request.path("model").asString();
        JsonNode messages = request.path("messages");
        String role = messages.path(messages.size() - 1).path("role").asString();
        if (!model.equals(FailoverScenario.FIRST_CHOICE)) {
            fallback.add(role);
            return role.equals("assistant")
                    ? error(out, 400, "", "invalid_prefill", "this model takes no assistant's message last")
                    : stream(out, model, FailoverScenario.TOKENS, false, true);
        }
        firstChoice.add(System.nanoTime() / 1e9);
        boolean first = firstChoice.size() == 1;
        return switch (scenario) {
            case LIMITED_ONCE ->
                first
                        ? error(out, 429, "Retry-After: 2\r\n", "rate_limit_exceeded", "too many requests")
                        : stream(out, model, FailoverScenario.TOKENS, false, true);
            case LIMITED -> error(out, 429, "", "rate_limit_exceeded", "too many requests");
            case BROKEN_ONCE ->
                first
                        ? error(out, 500, "", "server_error", "something broke")
                        : stream(out, model, FailoverScenario.TOKENS, false, true);
            case OVERLOADED, ACCOUNTED -> error(out, 503, "", "overloaded", "too much to do");
            case RESET_ONCE -> first ? reset(connection) : stream(out, model, FailoverScenario.TOKENS, false, true);
            case CUT, CUT_WITHOUT_PREFILL -> {
                stream(out, model, FailoverScenario.CUT_AFTER, false, true);
                yield false;
            }
            case MALFORMED -> stream(out, model, FailoverScenario.TOKENS, true, true);
            case WITHOUT_DONE -> stream(out, model, FailoverScenario.TOKENS, false, false);
            case TOO_LONG ->
                error(out, 400, "", "context_length_exceeded", "the messages are longer than the model's context");
            case FILTERED -> error(out, 400, "", "content_policy_violation", "the safety system refuses this");
            case SILENT, SLOW, STALLED, DOWN_FOR_A_MINUTE ->
                throw new IllegalStateException(scenario + " is played in virtual time");
        };
    }

    private static boolean reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        return false;
    }

    private static boolean error(OutputStream out, int status, String headers, String code, String message)
            throws IOException {
        String body = JSON.writeValueAsString(
                Map.of("error", Map.of("message", message, "type", "some_error", "code", code)));
        out.write(("HTTP/1.1 " + status + " No\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(UTF_8));
        return true;
    }

    /** Streams tokens; all of them are followed by a finish reason, the usage and, if wanted, the mark of the end. */
    private static boolean stream(OutputStream out, String model, int tokens, boolean malformed, boolean done)
            throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(UTF_8));
        event(out, chunk(model, Map.of("role", "assistant", "content", ""), null));
        for (int token = 0; token < tokens; token++) {
            if (malformed && token == FailoverScenario.MALFORMED_AT) {
                event(out, "{\"id\": \"broken\", \"choices\": [{\"delta\": ");
            }
            event(out, chunk(model, Map.of("content", FailoverScenario.ANSWER.get(token)), null));
        }
        if (tokens < FailoverScenario.TOKENS) {
            return false;
        }
        event(out, chunk(model, Map.of(), "stop"));
        event(
                out,
                "{\"object\":\"chat.completion.chunk\",\"model\":\"" + model
                        + "\",\"choices\":[],\"usage\":{\"prompt_tokens\":16,\"completion_tokens\":60,\"total_tokens\":76}}");
        if (done) {
            event(out, "[DONE]");
        }
        out.write("0\r\n\r\n".getBytes(UTF_8));
        return true;
    }

    private static String chunk(String model, Map<String, String> delta, @Nullable String finish) {
        return "{\"object\":\"chat.completion.chunk\",\"model\":\"" + model + "\",\"choices\":[{\"index\":0,\"delta\":"
                + JSON.writeValueAsString(delta) + ",\"finish_reason\":"
                + (finish == null ? "null" : "\"" + finish + "\"")
                + "}]}";
    }

    private static void event(OutputStream out, String data) throws IOException {
        byte[] bytes = ("data: " + data + "\n\n").getBytes(UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
        out.write(bytes);
        out.write("\r\n".getBytes(UTF_8));
        out.flush();
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
}
