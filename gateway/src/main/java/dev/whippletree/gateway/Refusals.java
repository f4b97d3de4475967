package dev.whippletree.gateway;

import dev.whippletree.model.ShownText;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the requests that get an error, by its code, and logs them, one line a minute at most. Thread-safe.
 *
 * <p>Of errors that may quote the request, only the code is logged.
 */
final class Refusals {

    /** Between two lines. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    /** How many codes have a count of their own: services have their own codes, too. */
    static final int MOST_CODES = 50;

    private static final int LONGEST_CODE = 64;
    private static final int LONGEST_WORDS = 500;
    private static final String OTHERS = "other";

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final AttachmentKey<Refusals> OF_EXCHANGE = AttachmentKey.create(Refusals.class);

    private final Timeline timeline;

    // All four guarded by this.
    private final Map<String, Counted> byCode = new TreeMap<>();
    private final Map<String, Long> unlogged = new TreeMap<>();
    private String lastWords = "";

    /** Ends the pause after a line; null: there is none. */
    private Timeline.@Nullable Timer pause;

    private record Counted(int status, long count, Instant last) {}

    Refusals(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Returns a handler that counts the errors of the requests it hands on. */
    HttpHandler counting(HttpHandler next) {
        return exchange -> {
            exchange.putAttachment(OF_EXCHANGE, this);
            next.handleRequest(exchange);
        };
    }

    /** Notes that a request gets an error, or a reset in its place. */
    static void note(HttpServerExchange exchange, ApiError error) {
        Refusals refusals = exchange.getAttachment(OF_EXCHANGE);
        if (refusals != null) {
            refusals.add(error);
        }
    }

    /** Counts an error. Logs it at once unless there was a line within the last minute, else at the end of that minute. */
    synchronized void add(ApiError error) {
        String shown = shortened(error.code(), LONGEST_CODE);
        String code = byCode.containsKey(shown) || byCode.size() < MOST_CODES ? shown : OTHERS;
        Counted before = byCode.get(code);
        byCode.put(code, new Counted(error.status(), before == null ? 1 : before.count() + 1, timeline.now()));
        unlogged.merge(code, 1L, Long::sum);
        if (!error.mayQuoteTheRequest()) {
            lastWords = "; the last: " + shortened(error.message(), LONGEST_WORDS);
        }
        if (pause == null) {
            log();
        }
    }

    private static String shortened(String text, int most) {
        return ShownText.line(text.length() <= most ? text : text.substring(0, most) + "…");
    }

    /** Begins the pause, unless there is nothing to log. */
    private synchronized void log() {
        pause = null;
        if (!unlogged.isEmpty()) {
            LOG.warn(
                    "Requests refused or failed: {}{}",
                    unlogged.entrySet().stream()
                            .map(entry -> entry.getValue() + " × " + entry.getKey())
                            .collect(Collectors.joining(", ")),
                    lastWords);
            unlogged.clear();
            lastWords = "";
            pause = timeline.schedule(PAUSE.toNanos(), this::log);
        }
    }

    /** Logs what hasn't been logged yet. */
    synchronized void close() {
        endPause();
        log();
        endPause();
    }

    private void endPause() {
        if (pause != null) {
            pause.cancel();
        }
    }

    /** Returns a count for each code since the start, with the last one's status and time. */
    synchronized List<Map<String, Object>> json() {
        return byCode.entrySet().stream()
                .map(entry -> json(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Map<String, Object> json(String code, Counted counted) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", code);
        json.put("status", counted.status());
        json.put("count", counted.count());
        json.put("last_at", counted.last().toString());
        return json;
    }
}
