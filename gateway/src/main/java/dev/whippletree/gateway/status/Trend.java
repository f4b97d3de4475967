package dev.whippletree.gateway.status;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.Timeline;
import java.time.Duration;
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
    private final Deque<Map<String, Object>> looks = new ArrayDeque<>(MOST);
    private Optional<Timeline.Timer> next = Optional.empty();
    private boolean closed;

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
        Map<String, Object> look = new LinkedHashMap<>();
        look.put("at", now.at().toString());
        look.put("waiting", now.waiting());
        look.put("in_flight", now.inFlight());
        look.put("prompts_per_minute", now.promptsPerMinute());
        keep(look);
    }

    private synchronized void keep(Map<String, Object> look) {
        if (closed) {
            return;
        }
        if (looks.size() == MOST) {
            looks.removeFirst();
        }
        looks.addLast(look);
        begin();
    }

    synchronized List<Map<String, Object>> json() {
        return List.copyOf(looks);
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.ifPresent(Timeline.Timer::cancel);
    }
}
