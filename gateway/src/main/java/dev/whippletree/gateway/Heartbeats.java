package dev.whippletree.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Detects that an essential thread has stopped running tasks, for example after an {@code OutOfMemoryError} in its own
 * loop. Each look asks each thread for a beat. Thread-safe; one thread looks, and allocates nothing.
 *
 * <p>A busy thread isn't a dead one. A beat waits its turn behind other work, so one that is late means little before
 * {@link #LATE}, and nothing final before {@link #STANDSTILL}. Time in which the whole process stood still, such as a
 * long garbage collection or a stopped machine, hardly counts: then the looks came late as well.
 */
final class Heartbeats {

    static final Duration PAUSE = Duration.ofSeconds(1);

    /** Silence after which something is wrong. */
    static final Duration LATE = Duration.ofSeconds(10);

    /** Silence after which nothing will come any more. */
    static final Duration STANDSTILL = Duration.ofSeconds(60);

    private static final long MOST_COUNTED_NANOS = 2 * PAUSE.toNanos();
    private static final int LOOKS_UNTIL_ASKED_AGAIN = 10;

    private final Heart[] hearts;
    private final LongSupplier ticker;
    private final AtomicReference<Consumer<String>> standstill = new AtomicReference<>(Heartbeats::nobody);
    private long lookedNanos;

    /**
     * What is to beat. Immutable.
     *
     * @param name what it is called
     * @param pulse runs beats on it
     * @param alive whether it is there at all
     */
    record Organ(String name, Executor pulse, BooleanSupplier alive) {}

    /**
     * Creates one of which everything has just beaten.
     *
     * @param ticker the time, in nanoseconds
     */
    Heartbeats(List<Organ> organs, LongSupplier ticker) {
        this.hearts = organs.stream().map(Heart::new).toArray(Heart[]::new);
        this.ticker = ticker;
        this.lookedNanos = ticker.getAsLong();
    }

    /**
     * Sets a callback for when a thread has stopped for good; called once.
     *
     * @param told called with the thread's name, on the looking thread
     */
    void whenStandstill(Consumer<String> told) {
        standstill.set(told);
    }

    void stop() {
        standstill.set(Heartbeats::nobody);
    }

    private static void nobody(String name) {}

    /** Looks what has beaten since the last look, and asks each for another beat. */
    void look() {
        long now = ticker.getAsLong();
        long passed = Math.min(now - lookedNanos, MOST_COUNTED_NANOS);
        lookedNanos = now;
        for (int index = 0; index < hearts.length; index++) {
            Heart heart = hearts[index];
            heart.look(passed);
            if (heart.standsStill()) {
                standstill.getAndSet(Heartbeats::nobody).accept(heart.organ.name());
            }
        }
    }

    /** Returns the name of something that hasn't beaten for {@link #LATE}; empty if everything has. */
    Optional<String> silent() {
        for (Heart heart : hearts) {
            if (heart.silentNanos >= LATE.toNanos()) {
                return Optional.of(heart.organ.name());
            }
        }
        return Optional.empty();
    }

    /** One organ, and itself the beat that it runs, so that to ask for one needs no memory of ours. */
    private static final class Heart implements Runnable {

        private final Organ organ;
        private volatile boolean beaten;
        private volatile long silentNanos;
        private int looksSinceAsked = LOOKS_UNTIL_ASKED_AGAIN;

        Heart(Organ organ) {
            this.organ = organ;
        }

        @Override
        public void run() {
            beaten = true;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate")
        void look(long passedNanos) {
            boolean answered = beaten;
            if (answered) {
                beaten = false;
                silentNanos = 0;
            } else {
                silentNanos = silentNanos + passedNanos;
            }
            looksSinceAsked++;
            // Beats that are waited for don't pile up, but one may have been lost.
            if (answered || looksSinceAsked >= LOOKS_UNTIL_ASKED_AGAIN) {
                ask();
            }
        }

        private void ask() {
            try {
                organ.pulse().execute(this);
                looksSinceAsked = 0;
            } catch (Throwable e) {
                looksSinceAsked = LOOKS_UNTIL_ASKED_AGAIN; // It is asked again at the next look.
            }
        }

        boolean standsStill() {
            return silentNanos >= STANDSTILL.toNanos() || !organ.alive().getAsBoolean();
        }
    }
}
