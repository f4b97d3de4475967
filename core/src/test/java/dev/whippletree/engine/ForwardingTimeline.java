package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A timeline that is another one, but for what a test changes. */
class ForwardingTimeline implements Timeline {

    private final Timeline timeline;

    ForwardingTimeline(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public long nanoTime() {
        return timeline.nanoTime();
    }

    @Override
    public Instant now() {
        return timeline.now();
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
