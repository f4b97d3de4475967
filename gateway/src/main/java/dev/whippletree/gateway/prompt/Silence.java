package dev.whippletree.gateway.prompt;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reports each time a response has been silent for {@link #LONGEST}, with one timer at a time. Used on the response's
 * I/O thread, on which the timer runs its check.
 */
final class Silence {

    /** Well below the silence after which proxies close a connection: 60 seconds, where nginx isn't told otherwise. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private final Timeline timeline;
    private final Executor ioThread;
    private final Runnable tooLong;
    private Timeline.@Nullable Timer timer;
    private long brokenNanos;
    private boolean over;

    /**
     * Prepares one that watches nothing yet.
     *
     * @param tooLong runs on the I/O thread after each silence that was too long
     */
    Silence(Timeline timeline, Executor ioThread, Runnable tooLong) {
        this.timeline = timeline;
        this.ioThread = ioThread;
        this.tooLong = tooLong;
    }

    /** Restarts the silence now. The first call starts watching. */
    void begin() {
        brokenNanos = timeline.nanoTime();
        if (timer == null && !over) {
            lookAfter(LONGEST.toNanos());
        }
    }

    void end() {
        over = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void lookAfter(long nanos) {
        timer = timeline.schedule(nanos, () -> ioThread.execute(this::look));
    }

    /** One timer that sometimes fires early costs less than a timer for each piece. */
    private void look() {
        if (over) {
            return;
        }
        long left = LONGEST.toNanos() - (timeline.nanoTime() - brokenNanos);
        if (left > 0) {
            lookAfter(left);
            return;
        }
        tooLong.run();
        if (!over) {
            lookAfter(LONGEST.toNanos());
        }
    }
}
