package dev.whippletree.engine.flight;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;

/** The times of a call and of the first piece of its answer. Thread-safe. */
public final class CallTimes {

    private final Timeline timeline;
    private volatile boolean begun;
    private volatile boolean answering;
    private long begunNanos;
    private long firstPieceNanos;

    CallTimes(Timeline timeline) {
        this.timeline = timeline;
    }

    public void begin() {
        begunNanos = timeline.nanoTime();
        begun = true;
    }

    public boolean hasBegun() {
        return begun;
    }

    /** Notes a piece; pieces come one at a time. Returns whether it is the first. */
    boolean piece() {
        if (answering) {
            return false;
        }
        firstPieceNanos = timeline.nanoTime();
        answering = true;
        return true;
    }

    public long tookNanos(long now) {
        return now - begunNanos;
    }

    boolean isAnswering() {
        return answering;
    }

    /** Returns how long after the call the first piece came, if one has. */
    public Optional<Duration> firstPiece() {
        return answering ? Optional.of(Duration.ofNanos(firstPieceNanos - begunNanos)) : Optional.empty();
    }
}
