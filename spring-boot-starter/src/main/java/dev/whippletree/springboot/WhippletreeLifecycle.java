package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.SmartLifecycle;

/**
 * Lets prompts end when the application ends: after its web server, which waits for the requests it has accepted, and
 * before the beans that Whippletree may use are destroyed. Thread-safe.
 *
 * <p>It takes no more prompts then. Those under way may take as long as Spring Boot lets a phase of the shutdown take.
 * What has stopped doesn't start again.
 */
final class WhippletreeLifecycle implements SmartLifecycle {

    /** Spring Boot's web servers drain in the phase 1024 below the last one, and stop in the one 1024 below that. */
    private static final int PHASE = DEFAULT_PHASE - 3 * 1024;

    private final Whippletree whippletree;
    private final Duration grace;
    private volatile boolean running;

    /** @param patience how long Spring waits for this phase; a tenth of it is kept for closing */
    WhippletreeLifecycle(Whippletree whippletree, Duration patience) {
        this.whippletree = whippletree;
        this.grace = patience.multipliedBy(9).dividedBy(10);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        CompletableFuture<Void> unused = whippletree.close(grace).whenComplete((nothing, failure) -> callback.run());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
