package dev.whippletree.comparison.failover;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service with OpenAI's protocol on a loopback socket, whose models fail as the scenarios say: the name of the model
 * says which. Thread-safe.
 *
 * <p>It writes to sockets itself, since no HTTP server leaves a body without an end or resets a connection.
 */
public final class Wall implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Call> calls = new ArrayList<>();
    private long startNanos = System.nanoTime();

    /**
     * A call. Immutable.
     *
     * @param atSeconds when it arrived, since the last reset
     * @param model the model it named
     * @param answered whether it was answered as if nothing were wrong
     * @param prefillRefused whether it was refused because it ended with an assistant's message
     */
    record Call(double atSeconds, String model, boolean answered, boolean prefillRefused) {}

    /**
     * What a call is answered.
     *
     * @param status the status, or 0 for a connection that is reset, or 1 for none
     * @param code the error's code
     */
    private record Script(int status, String code) {
        static final Script ANSWER = new Script(200, "");
        static final Script RESET = new Script(0, "");
        static final Script NOTHING = new Script(1, "");
    }

    public Wall() throws IOException {
        listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "wall");
        thread.setDaemon(true);
        thread.start();
    }

    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/v1";
    }

    /** Forgets all calls: what is down goes down now. */
    public synchronized void reset() {
        calls.clear();
        startNanos = System.nanoTime();
    }

    public synchronized double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Returns what was seen of a scenario since the last reset. */
    public synchronized FailoverRun run(FailoverScenario scenario, boolean fallback, List<Reply> replies) {
        return new FailoverRun(
                fallback,
                replies,
                of(scenario.firstChoice())
                        .map(call -> new Attempt(call.atSeconds(), call.answered()))
                        .toList(),
                of(scenario.fallback()).count(),
                calls.stream().filter(Call::prefillRefused).count(),
                false);
    }

    private Stream<Call> of(String model) {
        return calls.stream().filter(call -> call.model().equals(model));
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Optional<byte[]> body = HttpRequests.body(in); body.isPresent(); body = HttpRequests.body(in)) {
                if (!respond(JSON.readTree(body.get()), socket)) {
                    return;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The caller is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    /** Returns whether the connection may be used again. */
    private boolean respond(JsonNode request, Socket socket) throws IOException, InterruptedException {
        String model = request.path("model").asString("");
        Optional<FailoverScenario> scenario = Stream.of(FailoverScenario.values())
                .filter(each -> each.firstChoice().equals(model))
                .findFirst();
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        boolean prefill = last.path("role").asString("").equals("assistant");
        Script plan = arrive(scenario, model, prefill);
        if (plan.equals(Script.RESET)) {
            socket.setSoLinger(true, 0);
            return false;
        }
        if (plan.equals(Script.NOTHING)) {
            Thread.sleep(FailoverScenario.SILENCE.toMillis());
            return false;
        }
        WallResponse response = new WallResponse(socket.getOutputStream(), model);
        if (!plan.equals(Script.ANSWER)) {
            response.error(plan.status(), plan.code(), scenario.equals(Optional.of(FailoverScenario.LIMITED_ONCE)));
            return true;
        }
        List<String> tokens = prefill ? after(last.path("content").asString("")) : FailoverScenario.ANSWER;
        if (!request.path("stream").asBoolean(false)) {
            response.whole(tokens);
            return true;
        }
        boolean usage = request.at("/stream_options/include_usage").asBoolean(false);
        return response.stream(tokens, usage, scenario);
    }

    /** Returns what is left of the answer; all of it after what isn't its beginning. */
    private static List<String> after(String prefill) {
        List<String> left = new ArrayList<>(FailoverScenario.ANSWER);
        StringBuilder said = new StringBuilder();
        while (!left.isEmpty() && said.length() < prefill.strip().length()) {
            said.append(left.remove(0));
        }
        return said.toString().equals(prefill.strip()) ? left : FailoverScenario.ANSWER;
    }

    private synchronized Script arrive(Optional<FailoverScenario> scenario, String model, boolean prefill) {
        boolean first = of(model).findAny().isEmpty();
        boolean refused = prefill && model.equals(FailoverScenario.FALLBACK_WITHOUT_PREFILL);
        Script plan = refused
                ? new Script(400, "invalid_prefill")
                : scenario.map(each -> plan(each, first, seconds())).orElseGet(() -> other(model));
        calls.add(new Call(seconds(), model, plan.equals(Script.ANSWER), refused));
        return plan;
    }

    private static Script other(String model) {
        return FailoverScenario.models().contains(model) ? Script.ANSWER : new Script(404, "model_not_found");
    }

    private static Script plan(FailoverScenario scenario, boolean first, double seconds) {
        return switch (scenario) {
            case LIMITED_ONCE -> first ? new Script(429, "rate_limit_exceeded") : Script.ANSWER;
            case LIMITED -> new Script(429, "rate_limit_exceeded");
            case BROKEN_ONCE -> first ? new Script(500, "server_error") : Script.ANSWER;
            case OVERLOADED, ACCOUNTED -> new Script(503, "overloaded");
            case RESET_ONCE -> first ? Script.RESET : Script.ANSWER;
            case SILENT -> Script.NOTHING;
            case TOO_LONG -> new Script(400, "context_length_exceeded");
            case FILTERED -> new Script(400, "content_policy_violation");
            case DOWN_FOR_A_MINUTE ->
                seconds < FailoverScenario.OUTAGE_SECONDS ? new Script(503, "overloaded") : Script.ANSWER;
            case SLOW, CUT, STALLED, MALFORMED, WITHOUT_DONE, CUT_WITHOUT_PREFILL -> Script.ANSWER;
        };
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
