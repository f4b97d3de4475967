package dev.whippletree.provider.openai.dialect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads errors in every shape services give them.
 *
 * <p>{@code error} as a string, an array or an object; {@code error_description}, {@code detail}, {@code message},
 * {@code errors[].message}; the header {@code X-Error-Message}; plain text, HTML, nothing; each whole or cut off. The
 * order is that of Hugging Face's clients (huggingface_hub, {@code utils/_http.py}).
 */
public final class ErrorReader {

    private static final List<String> WORDS =
            List.of("error", "error_description", "detail", "message", "errors", "msg");

    /**
     * Reads a body once: were a tag allowed to hold the start of the next, many starts would take the square of their
     * number.
     */
    private static final Pattern TITLE =
            Pattern.compile("<title[^<>]*>([^<]{1,200})", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Two backslashes are a whole one. */
    private static final Pattern HALF_CHARACTER =
            Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*+)\\\\(?:u[0-9a-fA-F]{0,3})?$|\uFFFD{1,3}$");

    private static final Pattern HALF_VALUE = Pattern.compile("(?:,\\s*+)?[A-Za-z0-9.+-]{1,40}$");
    private static final char UNREADABLE = '\uFFFD';

    /** One in so many characters may be unreadable. */
    private static final int LEAST_CHARACTERS_EACH = 5;

    private static final int PROXY_ASKS = 407;
    private static final int LEAST_STATUS = 400;
    private static final int MOST_STATUS = 599;

    private ErrorReader() {}

    /** Reads the body of a response whose status says that it failed. */
    public static ServiceError ofBody(ResponseHead head, byte[] body, InstantSource clock) {
        String text = new String(body, StandardCharsets.UTF_8);
        Optional<JsonNode> json = JsonFields.parse(body)
                .filter(node -> node.isObject() || node.isArray())
                .or(() -> start(text));
        // A page that redirects says where to, but not what to do; a proxy's is about the caller's own credentials.
        boolean misleads = head.status() / 100 == 3 || head.status() == PROXY_ASKS;
        String otherwise = json.isPresent() || misleads ? "" : plainText(text);
        return read(head, json.orElse(MissingNode.getInstance()), otherwise, clock);
    }

    /** Reads an error that stands in an answer, or in a chunk of one. */
    public static ServiceError ofNode(ResponseHead head, JsonNode error, InstantSource clock) {
        return read(head, error, "", clock);
    }

    /** Reads JSON whose rest never came; a string that isn't finished is what came of it. */
    private static Optional<JsonNode> start(String text) {
        return JsonFields.parseStart(HALF_CHARACTER.matcher(text).replaceFirst("$1") + '"')
                .or(() -> JsonFields.parseStart(HALF_VALUE.matcher(text).replaceFirst("")));
    }

    private static ServiceError read(ResponseHead head, JsonNode root, String otherwise, InstantSource clock) {
        JsonNode inner = JsonFields.object(root, "error").orElse(root);
        int status = head.successful() ? statedStatus(inner).orElse(head.status()) : head.status();
        String message = head.header("x-error-message")
                .or(() -> words(root))
                .or(() -> Optional.of(otherwise))
                .filter(text -> !text.isBlank())
                .orElseGet(() -> ownWords(status));
        return new ServiceError(
                head,
                status,
                message,
                first(inner, root, "code").or(() -> head.header("x-error-code")),
                first(inner, root, "type").or(() -> first(inner, root, "error_type")),
                first(inner, root, "param"),
                RetryAfter.of(head, clock).or(() -> loadingTime(root)));
    }

    private static Optional<String> first(JsonNode inner, JsonNode root, String field) {
        return JsonFields.text(inner, field).or(() -> JsonFields.text(root, field));
    }

    /** Errors inside streams name their status themselves: as {@code http_status_code}, or in place of a code. */
    private static Optional<Integer> statedStatus(JsonNode error) {
        return Stream.of("http_status_code", "status", "status_code", "code")
                .flatMap(field -> JsonFields.count(error, field).stream())
                .filter(status -> status >= LEAST_STATUS && status <= MOST_STATUS)
                .map(Long::intValue)
                .findFirst();
    }

    /** How long a model takes to load, as Hugging Face's older services say it: seconds with a fraction. */
    private static Optional<Duration> loadingTime(JsonNode root) {
        return JsonFields.present(root, "estimated_time")
                .map(stated -> stated.doubleValue(-1))
                .filter(seconds -> seconds >= 0 && seconds < Integer.MAX_VALUE)
                .flatMap(seconds -> WireDuration.sane(Duration.ofMillis((long) Math.ceil(seconds * 1_000))));
    }

    /**
     * A value still to be searched.
     *
     * @param most it isn't searched if more words than that were found before
     */
    private record Unsearched(JsonNode node, int most) {}

    /** Returns the first words of each object, and the words of all elements of an array. */
    private static Optional<String> words(JsonNode root) {
        List<String> found = new ArrayList<>();
        Deque<Unsearched> unsearched = new ArrayDeque<>(List.of(new Unsearched(root, 0)));
        while (!unsearched.isEmpty()) {
            Unsearched next = unsearched.pop();
            JsonNode node = next.node();
            if (node.isString() && !node.stringValue().isBlank() && found.size() <= next.most()) {
                found.add(node.stringValue());
            } else if (found.size() <= next.most()) {
                List<JsonNode> within = within(node);
                int most = node.isArray() ? Integer.MAX_VALUE : found.size();
                for (int place = within.size() - 1; place >= 0; place--) {
                    unsearched.push(new Unsearched(within.get(place), most));
                }
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", found));
    }

    private static List<JsonNode> within(JsonNode node) {
        return node.isArray()
                ? node.valueStream().toList()
                : WORDS.stream()
                        .flatMap(field -> JsonFields.present(node, field).stream())
                        .toList();
    }

    private static String plainText(String body) {
        if (isBinary(body)) {
            return "";
        }
        String start = body.stripLeading().toLowerCase(Locale.ROOT);
        if (!start.startsWith("<")) {
            return body.strip();
        }
        Matcher title = TITLE.matcher(body);
        return title.find() ? title.group(1).strip() : "";
    }

    /** Text in another encoding has some characters that can't be read; what is no text has many. */
    private static boolean isBinary(String body) {
        long unreadable = body.chars()
                .filter(character -> character == UNREADABLE
                        || (Character.isISOControl(character) && !Character.isWhitespace(character)))
                .count();
        return unreadable * LEAST_CHARACTERS_EACH > body.length();
    }

    private static String ownWords(int status) {
        if (status == PROXY_ASKS) {
            return "the proxy asks for credentials (407)";
        }
        return status / 100 == 3
                ? "the service redirects to another address (" + status + "); base-url must be the final address"
                : "the service gave no reason (" + status + ")";
    }
}
