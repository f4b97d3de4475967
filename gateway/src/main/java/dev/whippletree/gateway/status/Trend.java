package dev.whippletree.gateway.status;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Figures of the last minutes, so that a page opened now can show them. Thread-safe. */
final class Trend implements AutoCloseable {

    /** Between two looks. */
    static final Duration EVERY = Duration.ofSeconds(5);

    /** How many looks are kept: ten minutes of them. */
    static final int MOST = 120;

    private final Supplier<StatusSnapshot> status;
    private final Timeline timeline;
    private final Deque<Look> looks = new ArrayDeque<>(MOST);
    private Optional<Timeline.Timer> next = Optional.empty();
    private boolean closed;

    private record Look(Instant at, int waiting, int inFlight, double promptsPerMinute) {}

    /** Prepares one that has seen nothing yet. */
    Trend(Supplier<StatusSnapshot> status, Timeline timeline) {
        this.status = status;
        this.timeline = timeline;
    }

    /** Looks from now on, from time to time. */
    synchronized void begin() {
        next = Optional.of(timeline.schedule(EVERY.toNanos(), this::look));
    }

    private void look() {
        StatusSnapshot now = status.get();
        keep(new Look(now.at(), now.waiting(), now.inFlight(), now.promptsPerMinute()));
    }

    private synchronized void keep(Look look) {
        if (closed) {
            return;
        }
        if (looks.size() == MOST) {
            looks.removeFirst();
        }
        looks.addLast(look);
        begin();
    }

    /** Returns what was seen, the earliest first. */
    synchronized List<Map<String, Object>> json() {
        return looks.stream().map(Trend::json).toList();
    }

    private static Map<String, Object> json(Look look) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", look.at().toString());
        json.put("waiting", look.waiting());
        json.put("in_flight", look.inFlight());
        json.put("prompts_per_minute", look.promptsPerMinute());
        return json;
    }

    /** Looks no more. */
    @Override
    public synchronized void close() {
        closed = true;
        next.ifPresent(Timeline.Timer::cancel);
    }
}
