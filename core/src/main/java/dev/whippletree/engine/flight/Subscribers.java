package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.run.Mailbox;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.model.Completion;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The callers of a flight, in the order in which they came. Guarded by the engine's lock. */
public final class Subscribers {

    private final Set<Subscription> all = new LinkedHashSet<>(2);
    private int reading;

    public void add(Subscription subscription) {
        all.add(subscription);
        reading += subscription.reader().isPresent() ? 1 : 0;
    }

    public void remove(Subscription subscription) {
        if (all.remove(subscription)) {
            reading -= subscription.reader().isPresent() ? 1 : 0;
        }
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns them as they are now. */
    public List<Subscription> all() {
        return List.copyOf(all);
    }

    /** Returns those who were told part of the answer. */
    public List<Subscription> told() {
        return all.stream().filter(Subscription::wasTold).toList();
    }

    /** Returns whether one of them reads along. */
    public boolean anyReads() {
        return reading > 0;
    }

    /** Returns where those are who read along. */
    public List<Transcript.Place> places() {
        return all.stream()
                .flatMap(subscription -> subscription.reader().stream())
                .map(Reader::place)
                .toList();
    }

    /** A piece of the answer is there, and is told once the lock is free. */
    void pieceCame(Monitor monitor) {
        for (Subscription subscription : all) {
            subscription.pieceCame();
            subscription.reader().ifPresent(reader -> reader.wakeAfter(monitor));
        }
    }

    /** Returns when the last of them gives up; empty if one of them never does. */
    public OptionalLong deadline() {
        long latest = Long.MIN_VALUE;
        for (Subscription subscription : all) {
            if (subscription.deadline().isEmpty()) {
                return OptionalLong.empty();
            }
            latest = Math.max(latest, subscription.deadline().getAsLong());
        }
        return OptionalLong.of(latest);
    }

    /** Returns whether one of them waits for as long as it takes. */
    boolean anyWaitsForever() {
        return all.stream()
                .anyMatch(subscription -> subscription.patience().atMost().isEmpty());
    }

    /** One caller's wait for a flight's answer. Guarded by the engine's lock, except its future. */
    public static final class Subscription {

        private final CompletableFuture<Completion> future = new Outcome();
        private final Mailbox mailbox;
        private final Optional<Reader> reader;
        private final Flight flight;
        private final boolean joined;
        private final long beganNanos;
        private final Patience patience;
        private final Tally.ActiveSession session;
        private OptionalLong deadline = OptionalLong.empty();
        private Timeline.@Nullable Timer timer;
        private boolean wantsNoFurtherCall;
        private volatile boolean ended;

        /** What a caller is handed: knows whose it is, so that the prompt can be withdrawn. */
        public final class Outcome extends CompletableFuture<Completion> {

            public Subscription subscription() {
                return Subscription.this;
            }

            /** What hangs on it is a caller's as well, but can't be withdrawn by. */
            @Override
            public <U> CompletableFuture<U> newIncompleteFuture() {
                return new CompletableFuture<>();
            }
        }

        /**
         * How long a caller waits.
         *
         * @param atMost absent: as long as it takes
         * @param firstPieceOnly whether that is for the first piece of the answer, and not for all of it
         */
        public record Patience(Optional<Duration> atMost, boolean firstPieceOnly) {}

        /**
         * Subscribes.
         *
         * @param joined whether the flight was there before
         * @param patience how long the caller waits
         * @param reader the caller, if it reads the answer while that comes
         */
        public Subscription(
                Flight flight,
                boolean joined,
                Tally.ActiveSession session,
                Patience patience,
                Optional<Reader> reader,
                long now) {
            this.flight = flight;
            this.joined = joined;
            this.session = session;
            this.patience = patience;
            this.beganNanos = now;
            this.reader = reader;
            this.mailbox = reader.map(Reader::mailbox).orElseGet(Mailbox::ofAnyTasks);
        }

        public CompletableFuture<Completion> future() {
            return future;
        }

        /** Its own, so that a caller who is slow to take an answer holds up nobody else. */
        public Mailbox mailbox() {
            return mailbox;
        }

        /** Returns the caller, if it reads the answer while that comes. */
        public Optional<Reader> reader() {
            return reader;
        }

        /** Returns whether its caller was told part of the answer. */
        public boolean wasTold() {
            return reader.isPresent()
                    && !flight.broadcast().isAtStart(reader.get().place());
        }

        public Flight flight() {
            return flight;
        }

        /** Returns whether there is neither a call under way for it nor an answer. */
        public boolean isWaiting() {
            return switch (flight.stage()) {
                case LOOKING_UP, WAITING, PAUSING -> true;
                case ATTEMPTING, STORING, ENDED -> false;
            };
        }

        public boolean joined() {
            return joined;
        }

        /** Returns whose prompt it is. */
        public Tally.ActiveSession session() {
            return session;
        }

        public Patience patience() {
            return patience;
        }

        /** Returns when the caller gives up, on the engine's clock; empty if it doesn't, or no longer. */
        public OptionalLong deadline() {
            return deadline;
        }

        /** A caller's deadline holds from now on. */
        public void await(long until, Timeline.Timer expiry) {
            deadline = OptionalLong.of(until);
            timer = expiry;
        }

        /** A piece of the answer is there; if that is what the caller waits for, it waits no longer. */
        void pieceCame() {
            if (patience.firstPieceOnly() && timer != null) {
                timer.cancel();
                timer = null;
                deadline = OptionalLong.empty();
            }
        }

        /** If the call under way fails, no other is to be made for this caller. */
        public void wantsNoFurtherCall() {
            wantsNoFurtherCall = true;
        }

        public boolean wantsFurtherCalls() {
            return !wantsNoFurtherCall;
        }

        public long beganNanos() {
            return beganNanos;
        }

        /** Returns whether it has ended. Needs no lock. */
        public boolean hasEnded() {
            return ended;
        }

        /** Ends it. Returns false if it had ended before. */
        public boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
            return true;
        }
    }
}
