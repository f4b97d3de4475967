package dev.whippletree.gateway.http;

import dev.whippletree.model.ShownText;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the requests that get an error, by its code, and logs them, one line a minute at most. Of errors that may
 * quote the request, only the code is logged. Thread-safe.
 */
public final class HttpRefusals {

    /** Between two lines. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    /** How many codes have a count of their own: services have their own codes, too. */
    static final int MOST_CODES = 50;

    private static final int MOST_CHARACTERS = 300;

    private static final Logger LOG = LoggerFactory.getLogger(HttpRefusals.class);

    private final Timeline timeline;

    // All four guarded by this.
    private final Map<String, Map<String, Object>> byCode = new TreeMap<>();
    private final Map<String, Long> unlogged = new TreeMap<>();
    private String lastWords = "";
    private boolean pausing;

    public HttpRefusals(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Counts an error. Logs it at once unless there was a line within the last minute, else at the end of that minute.
     *
     * @return the code it is counted by; {@code other} once there are too many
     */
    synchronized String add(ApiError error, RequestLabel request) {
        String shown = shortened(error.code());
        String code = byCode.containsKey(shown) || byCode.size() < MOST_CODES ? shown : "other";
        Map<String, Object> counted = byCode.computeIfAbsent(code, first -> new LinkedHashMap<>(Map.of("code", code)));
        counted.put("status", request.errors().status(error));
        counted.merge("count", 1L, (before, one) -> (Long) before + 1);
        counted.put("last_at", timeline.now().toString());
        unlogged.merge(code, 1L, Long::sum);
        if (!error.type().equals(ApiError.INVALID)) {
            lastWords = "; the last: " + shortened(error.message()) + " (" + request.id() + ")";
        }
        if (!pausing) {
            log();
        }
        return code;
    }

    private static String shortened(String text) {
        return ShownText.line(text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…");
    }

    /** Logs what hasn't been logged, and begins a pause unless that is nothing. */
    public synchronized void log() {
        pausing = !unlogged.isEmpty();
        if (pausing) {
            LOG.warn("Requests refused or failed, by code: {}{}", unlogged, lastWords);
            unlogged.clear();
            lastWords = "";
            timeline.schedule(PAUSE.toNanos(), this::log);
        }
    }

    /** Returns a count for each code since the start, with the last one's status and time. */
    public synchronized List<Map<String, Object>> json() {
        return byCode.values().stream()
                .<Map<String, Object>>map(LinkedHashMap::new)
                .toList();
    }
}
