package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import java.util.concurrent.Executor;

/** A timeline on which nothing runs any more once it was killed, as if its process had been. */
final class MortalTimeline extends ForwardingTimeline {

    private boolean dead;

    MortalTimeline(Timeline immortal) {
        super(immortal);
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
    public Timer schedule(long delayNanos, Runnable task) {
        return super.schedule(delayNanos, whileAlive(task));
    }

    @Override
    public Executor executor() {
        return task -> super.executor().execute(whileAlive(task));
    }
}
