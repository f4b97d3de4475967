package dev.whippletree.comparison.failover;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a gateway for streams, as a careful client does: an error within a stream is an error, and so is a body that
 * breaks off; a stream whose body ends in order is an answer, with or without {@code [DONE]}; an event that is no JSON
 * is passed over. Confined to one thread.
 */
public final class FailoverCaller {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "caller");
        thread.setDaemon(true);
        return thread;
    });
    private final String url;
    private final DoubleSupplier clock;

    /**
     * Creates one.
     *
     * @param url the gateway's address, up to {@code /v1}
     * @param clock the seconds since the scenario began
     */
    public FailoverCaller(String url, DoubleSupplier clock) {
        this.url = url;
        this.clock = clock;
    }

    /** Asks, and blocks until there is an end, or no longer than that. */
    public Reply ask(String model, Map<String, String> headers, String text, double mostSeconds)
            throws InterruptedException {
        double sent = clock.getAsDouble();
        Stream stream = new Stream();
        HttpRequest request = request(model, headers, text);
        Future<String> asking = threads.submit(() -> stream.error(request));
        try {
            String error = asking.get((long) (mostSeconds * 1e9), TimeUnit.NANOSECONDS);
            return stream.reply(error.isEmpty() ? Reply.Ending.ANSWERED : Reply.Ending.ERROR, error, sent);
        } catch (TimeoutException e) {
            asking.cancel(true);
            return stream.reply(Reply.Ending.NONE, "", sent);
        } catch (ExecutionException e) {
            return stream.reply(Reply.Ending.ERROR, String.valueOf(e.getCause()), sent);
        }
    }

    private final class Stream {

        private volatile String text = "";
        private volatile String model = "";
        private volatile boolean usage;

        Reply reply(Reply.Ending ending, String error, double sent) {
            return new Reply(ending, text, model, usage, error, sent, clock.getAsDouble() - sent);
        }

        /** Returns the error that the gateway reports; empty if the stream ends without one. */
        String error(HttpRequest request) throws IOException, InterruptedException {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    return response.statusCode() + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
                }
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String data = line.startsWith("data:")
                            ? line.substring("data:".length()).strip()
                            : "";
                    if (data.equals("[DONE]")) {
                        return "";
                    }
                    Optional<JsonNode> event = json(data);
                    if (event.isPresent() && event.get().hasNonNull("error")) {
                        return event.get().get("error").toString();
                    }
                    event.ifPresent(this::add);
                }
                return "";
            }
        }

        private void add(JsonNode event) {
            model = event.path("model").asString(model);
            usage |= event.path("usage").isObject();
            StringBuilder longer = new StringBuilder(text);
            for (JsonNode choice : event.path("choices")) {
                longer.append(choice.at("/delta/content").asString(""));
            }
            text = longer.toString();
        }
    }

    private static Optional<JsonNode> json(String data) {
        try {
            return data.isEmpty() ? Optional.empty() : Optional.of(JSON.readTree(data));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private HttpRequest request(String model, Map<String, String> headers, String text) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put("messages", List.of(Map.of("role", "user", "content", text)));
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        headers.forEach(request::header);
        return request.build();
    }
}
