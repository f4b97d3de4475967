package dev.whippletree.engine.flight;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;

/** When a call was made and the first piece of its answer came. Thread-safe. */
public final class CallTimes {

    private final Timeline timeline;
    private volatile boolean begun;
    private volatile boolean answering;
    private long begunNanos;
    private long firstPieceNanos;

    CallTimes(Timeline timeline) {
        this.timeline = timeline;
    }

    /** The call is being made. */
    public void begin() {
        begunNanos = timeline.nanoTime();
        begun = true;
    }

    public boolean hasBegun() {
        return begun;
    }

    /** A piece has come. Pieces are told one at a time. Returns whether it is the first. */
    boolean piece() {
        if (answering) {
            return false;
        }
        firstPieceNanos = timeline.nanoTime();
        answering = true;
        return true;
    }

    /** Returns for how long a call that was made has been under way, in nanoseconds. */
    public long tookNanos(long now) {
        return now - begunNanos;
    }

    /** Returns how long after the call was made the first piece came, if one has. */
    public Optional<Duration> firstPiece() {
        return answering ? Optional.of(Duration.ofNanos(firstPieceNanos - begunNanos)) : Optional.empty();
    }
}
