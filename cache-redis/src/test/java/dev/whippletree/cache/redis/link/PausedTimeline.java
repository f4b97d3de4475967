package dev.whippletree.cache.redis.link;

import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Virtual time of a process that is paused: the clock goes on while its timers don't. Confined. */
final class PausedTimeline implements Timeline {

    private final VirtualTimeline timeline;
    private Duration paused = Duration.ZERO;

    PausedTimeline(VirtualTimeline timeline) {
        this.timeline = timeline;
    }

    /** Lets everything that is due from now on be late by so much more. */
    void pause(Duration time) {
        paused = paused.plus(time);
    }

    @Override
    public long nanoTime() {
        return timeline.nanoTime() + paused.toNanos();
    }

    @Override
    public Instant now() {
        return timeline.now().plus(paused);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return timeline.schedule(delayNanos, task);
    }

    @Override
    public Executor executor() {
        return timeline.executor();
    }

    @Override
    public RandomGenerator random() {
        return timeline.random();
    }
}
