package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Services;
import java.time.Duration;

/** What messages between processes and their meeting point go through, in both directions. Thread-safe. */
final class FakeLink {

    private volatile boolean cutOff;
    private volatile Duration latency = Duration.ZERO;
    private volatile double lost;

    boolean isCutOff() {
        return cutOff;
    }

    void cutOff(boolean cutOff) {
        this.cutOff = cutOff;
    }

    void delayBy(Duration latency) {
        this.latency = latency;
    }

    void lose(double part) {
        this.lost = part;
    }

    /** Runs what a message does when it arrives: now, later or never. */
    void send(Services services, Runnable message) {
        if (cutOff || (lost > 0 && services.random().nextDouble() < lost)) {
            return;
        }
        if (latency.isZero()) {
            message.run();
        } else {
            services.schedule(latency, () -> arrive(message));
        }
    }

    private void arrive(Runnable message) {
        if (!cutOff) {
            message.run();
        }
    }
}
