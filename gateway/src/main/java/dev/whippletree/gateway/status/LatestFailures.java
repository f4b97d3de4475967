package dev.whippletree.gateway.status;

import dev.whippletree.model.Failure;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** Keeps the latest failed attempts. Thread-safe. */
public final class LatestFailures implements EngineListener {

    static final int MOST = 50;

    private final Supplier<Instant> clock;
    private final Deque<FailedAttempt> latest = new ArrayDeque<>(MOST);

    /**
     * An attempt that gave no answer. Immutable.
     *
     * @param failure why; its message has no secrets
     */
    record FailedAttempt(Instant at, String account, String model, Failure failure) {}

    public LatestFailures(Supplier<Instant> clock) {
        this.clock = clock;
    }

    @Override
    public void called(ServiceCall call) {
        if (call.end() instanceof ServiceCall.Failed failed) {
            keep(new FailedAttempt(clock.get(), call.account(), call.model(), failed.failure()));
        }
    }

    private synchronized void keep(FailedAttempt failed) {
        if (latest.size() == MOST) {
            latest.removeFirst();
        }
        latest.addLast(failed);
    }

    synchronized List<FailedAttempt> lastFirst() {
        List<FailedAttempt> copy = new ArrayList<>(latest);
        Collections.reverse(copy);
        return copy;
    }
}
