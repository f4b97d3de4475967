package dev.whippletree.stress.interviews;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hard limit on calls to paid accounts: whatever the engine decides, no more calls are sent than allowed. A call beyond that fails its
 * prompt without being sent. Allows no call until the number is set. Thread-safe.
 */
public final class CallBudget {

    private final AtomicLong left = new AtomicLong();
    private final AtomicLong made = new AtomicLong();

    /** Allows so many calls more, 0 or more. */
    public void allow(long calls) {
        left.addAndGet(calls);
    }

    /** Returns how many calls have left. */
    public long made() {
        return made.get();
    }

    /** Returns a client whose calls are counted here and, once none is left, refused; otherwise the given one. */
    public ProviderClient around(ProviderClient client) {
        return new Budgeted(client);
    }

    private boolean tryTake() {
        if (left.getAndUpdate(calls -> Math.max(0, calls - 1)) == 0) {
            return false;
        }
        made.incrementAndGet();
        return true;
    }

    /** A client behind the gate. */
    private final class Budgeted implements ProviderClient {

        private final ProviderClient client;

        Budgeted(ProviderClient client) {
            this.client = client;
        }

        @Override
        public Optional<String> refuses(Prompt prompt, String model) {
            return client.refuses(prompt, model);
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return client.admission(prompt, model);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            if (tryTake()) {
                return client.send(prompt, model, sink);
            }
            sink.failed(Failure.of(FailureKind.REJECTED, "not sent: this run has used all its allowed calls"));
            return () -> {};
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
