package dev.whippletree.gateway;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers requests for unknown paths: says which base URL is right, what the gateway has instead, or what it serves.
 * Thread-safe; never blocks.
 */
final class NoSuchPlace implements HttpHandler {

    private static final String VERSION = "/v1";
    private static final String MESSAGES = "/messages";
    private static final Pattern LEADING_VERSIONS = Pattern.compile("^(/v1)+(?=/)");

    /** What is served below the version. */
    private static final List<String> DOORS = List.of(
            "/chat/completions",
            "/responses",
            MESSAGES,
            "/messages/count_tokens",
            "/embeddings",
            "/models",
            "/confirmations");

    private static final String SERVED = "POST /v1/chat/completions, POST /v1/responses, POST /v1/messages,"
            + " POST /v1/messages/count_tokens, POST /v1/embeddings, POST /v1/confirmations, GET /v1/models,"
            + " GET /v1/models/<name>, GET /health, GET /readyz, GET /status, GET /metrics, the page /, and /v1/files and"
            + " /v1/batches if gateway.batches names a folder";

    /** Other places, below the version or at the root, and in the line after them, what there is instead. */
    private static final String INSTEAD = """
            /batches
            the gateway runs no batches, because gateway.batches in its configuration names no folder: send all prompts \
            at once, they wait in its line; or run 'whippletree batch' on a file of prompts
            /messages/batches
            the gateway runs batches of OpenAI's protocol alone, at /v1/batches: use those, or run 'whippletree batch' on \
            a file of prompts
            /responses /conversations /assistants /threads /chat/completions
            the gateway keeps no answers and no conversations: send the whole conversation with each request; to cancel \
            one, close its connection
            /files /uploads /vector_stores
            the gateway keeps no files but those of batches, if gateway.batches in its configuration names a folder: send \
            their content in the messages, as text or as parts
            /audio /images /videos /realtime
            the gateway makes neither sound nor pictures, and transcribes nothing; parts of messages may be pictures or \
            sound, where the model takes them
            /completions /complete
            use POST /v1/chat/completions, with messages in place of a prompt
            /fine_tuning
            tune the model at its service; then a route can name it
            /moderations
            ask the service for that; or ask a model by POST /v1/chat/completions with a response_format
            /api/chat /api/generate /api/embed /api/tags
            set your program to OpenAI's protocol, with a base URL that ends with /v1
            """;

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        String path = exchange.getRequestPath();
        String what =
                rightBase(path, origin(exchange)).or(() -> insteadOf(path)).orElse("known: " + SERVED);
        Response.send(
                exchange, ApiError.noSuchPlace("not found: " + exchange.getRequestMethod() + " " + path + "; " + what));
    }

    /** The gateway has no TLS; a proxy before it may. */
    private static String origin(HttpServerExchange exchange) {
        boolean secure = "https".equals(exchange.getRequestHeaders().getFirst(Headers.X_FORWARDED_PROTO));
        return (secure ? "https://" : "http://") + exchange.getHostAndPort();
    }

    private static Optional<String> insteadOf(String path) {
        String place = LEADING_VERSIONS.matcher(path).replaceFirst("");
        String[] lines = INSTEAD.split("\n");
        return IntStream.iterate(0, line -> line < lines.length, line -> line + 2)
                .filter(line -> Stream.of(lines[line].split(" ")).anyMatch(other -> isAtOrBelow(place, other)))
                .mapToObj(line -> lines[line + 1])
                .findFirst();
    }

    /** The path ends like one that is served, but begins otherwise than with one version. */
    private static Optional<String> rightBase(String path, String origin) {
        return DOORS.stream()
                .filter(door -> isAtOrBelow(fromLast(door, path), door))
                .max(Comparator.comparingInt(path::lastIndexOf))
                .filter(door -> !path.equals(VERSION + fromLast(door, path)))
                .map(door -> "use " + VERSION + fromLast(door, path) + ": the base URL has to be " + origin
                        + base(path, door));
    }

    private static String fromLast(String door, String path) {
        return path.substring(Math.max(0, path.lastIndexOf(door)));
    }

    /** Anthropic's own clients add the version to their base URL; others that speak its protocol don't. */
    private static String base(String path, String door) {
        boolean added = door.startsWith(MESSAGES) && path.contains(VERSION + MESSAGES);
        return added ? ", without " + VERSION + ", which the client adds" : VERSION;
    }

    private static boolean isAtOrBelow(String path, String place) {
        return path.equals(place) || path.startsWith(place + "/");
    }
}
