package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A timeline on which nothing runs any more once it was killed, as if its process had been. */
final class MortalTimeline implements Timeline {

    private final Timeline immortal;
    private boolean dead;

    MortalTimeline(Timeline immortal) {
        this.immortal = immortal;
    }

    void kill() {
        dead = true;
    }

    private Runnable whileAlive(Runnable task) {
        return () -> {
            if (!dead) {
                task.run();
            }
        };
    }

    @Override
    public long nanoTime() {
        return immortal.nanoTime();
    }

    @Override
    public Instant now() {
        return immortal.now();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return immortal.schedule(delayNanos, whileAlive(task));
    }

    @Override
    public Executor executor() {
        return task -> immortal.executor().execute(whileAlive(task));
    }

    @Override
    public RandomGenerator random() {
        return immortal.random();
    }
}
