package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.run.CallerContext;
import dev.whippletree.engine.run.ContextFuture;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The callers of a flight, in order of arrival. Guarded by the engine's lock. */
public final class Subscribers {

    private final Set<Subscription> all = new LinkedHashSet<>(2);

    public void add(Subscription subscription) {
        all.add(subscription);
    }

    public void remove(Subscription subscription) {
        all.remove(subscription);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns a copy. */
    public List<Subscription> all() {
        return List.copyOf(all);
    }

    boolean anyTold() {
        return all.stream().anyMatch(Subscription::wasTold);
    }

    /** Returns those who stream and are at one of some places. */
    public List<Subscription> at(Collection<Transcript.ReadPosition> places) {
        return all.stream()
                .filter(subscription -> subscription
                        .reader()
                        .map(Reader::position)
                        .filter(places::contains)
                        .isPresent())
                .toList();
    }

    public boolean anyReads() {
        return all.stream().anyMatch(subscription -> subscription.reader().isPresent());
    }

    /** Returns how far those who stream have read. */
    public List<Transcript.ReadPosition> positions() {
        return all.stream()
                .flatMap(subscription -> subscription.reader().stream())
                .map(Reader::position)
                .toList();
    }

    /** Delivers a new piece of the answer once the lock is free. */
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

    /** Returns whether each of them still has its answer in time if a further call takes so long. */
    boolean mayWait(long nanos, long now) {
        return all.stream().allMatch(subscription -> subscription.mayWait(nanos, now));
    }

    boolean anyWaitsForever() {
        return all.stream()
                .anyMatch(subscription -> subscription.patience().atMost().isEmpty());
    }

    /** One caller's wait for a flight's answer. Guarded by the engine's lock, except its future. */
    public static final class Subscription {

        private final CallerFuture future;
        private final Mailbox mailbox;
        private final Optional<Reader> reader;
        private final Flight flight;
        private final boolean joined;
        private final long beganNanos;
        private long movedNanos;
        private final Patience patience;
        private final Tally.ActiveSession session;
        private OptionalLong deadline = OptionalLong.empty();

        /** The last deadline, and how much of the answer there was when it began; less than none: there was none. */
        private long untilNanos;

        private long sizeBefore = -1;
        private Timeline.@Nullable Timer timer;

        /** Rings when its route may be stalled; null after that. */
        private Timeline.@Nullable Timer stallTimer;

        private boolean wantsNoFurtherCall;
        private volatile boolean ended;

        /**
         * The caller's future. Until its subscription has ended it knows it, so that the prompt can be withdrawn; a
         * future that is kept for its answer mustn't keep the prompt.
         */
        public static final class CallerFuture extends ContextFuture<Completion> {

            private volatile @Nullable Subscription subscription;

            private CallerFuture(CallerContext context) {
                super(context);
            }

            public Optional<Subscription> subscription() {
                return Optional.ofNullable(subscription);
            }
        }

        /**
         * How long a caller waits.
         *
         * @param atMost absent: without a deadline
         * @param firstPieceOnly whether the deadline is that of the first piece only
         * @param endsWhenStalled whether it waits only while its route isn't stalled
         * @param callerTimeout after how long its caller gives up; absent: never
         */
        public record Patience(
                Optional<Duration> atMost,
                boolean firstPieceOnly,
                boolean endsWhenStalled,
                Optional<Duration> callerTimeout) {}

        public Subscription(
                Flight flight,
                boolean joined,
                Tally.ActiveSession session,
                Patience patience,
                Optional<Reader> reader,
                CallerContext context,
                long now) {
            this.future = new CallerFuture(context);
            this.flight = flight;
            this.joined = joined;
            this.session = session;
            this.patience = patience;
            this.beganNanos = now;
            this.movedNanos = now;
            this.reader = reader;
            this.mailbox = reader.map(Reader::mailbox).orElseGet(Mailbox::ofAnyTasks);
            future.subscription = this;
        }

        public CompletableFuture<Completion> future() {
            return future;
        }

        /** Returns its own mailbox, so that a slow caller holds up nobody else. */
        public Mailbox mailbox() {
            return mailbox;
        }

        public Optional<Reader> reader() {
            return reader;
        }

        public boolean wasTold() {
            return reader.isPresent()
                    && !flight.broadcast().isAtStart(reader.get().position());
        }

        public Flight flight() {
            return flight;
        }

        /** Returns whether there is neither a call under way nor an answer. */
        public boolean isWaiting() {
            return switch (flight.stage()) {
                case LOOKING_UP, WAITING, PAUSING -> true;
                case ATTEMPTING, STORING, ENDED -> false;
            };
        }

        public boolean joined() {
            return joined;
        }

        public Tally.ActiveSession session() {
            return session;
        }

        public Patience patience() {
            return patience;
        }

        /** Returns its deadline on the engine's clock; empty if it has none, or no longer. */
        public OptionalLong deadline() {
            return deadline;
        }

        /** Returns its last deadline, unless there is more of the answer now than when that began. */
        public OptionalLong until(long size) {
            return size > sizeBefore ? OptionalLong.empty() : OptionalLong.of(untilNanos);
        }

        /** Starts its deadline, with so much of the answer there. */
        public void await(long until, long size, Timeline.Timer expiry) {
            deadline = OptionalLong.of(until);
            timer = expiry;
            untilNanos = until;
            sizeBefore = size;
        }

        /** Ends a deadline for the first piece, because a piece has arrived. */
        void pieceCame() {
            if (patience.firstPieceOnly() && timer != null) {
                timer.cancel();
                timer = null;
                deadline = OptionalLong.empty();
            }
        }

        /** Waits for the time at which its route may be stalled; null: that time has come. */
        public void watch(Timeline.@Nullable Timer next) {
            stallTimer = next;
        }

        /** Notes that it doesn't wait for its route. */
        public void movesAt(long now) {
            movedNanos = now;
        }

        /** Returns when it began, or last didn't wait for its route. */
        public long movedNanos() {
            return movedNanos;
        }

        /** Returns whether its route may be stalled by now. */
        public boolean mayBeStalled() {
            return patience.endsWhenStalled() && stallTimer == null;
        }

        /** Makes no further call for this caller if the present one fails. */
        public void wantsNoFurtherCall() {
            wantsNoFurtherCall = true;
        }

        public boolean wantsFurtherCalls() {
            return !wantsNoFurtherCall;
        }

        private boolean mayWait(long nanos, long now) {
            long inAll = now - beganNanos + nanos;
            return wantsFurtherCalls()
                    && !Waits.isTooLong(nanos, deadline, now)
                    && patience.callerTimeout().stream().allMatch(most -> inAll <= Waits.nanos(most));
        }

        public long beganNanos() {
            return beganNanos;
        }

        /** Returns whether it has ended. Needs no lock. */
        public boolean hasEnded() {
            return ended;
        }

        /** Ends it. Returns false if it had ended already. */
        public boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            future.subscription = null;
            for (Timeline.Timer running : new Timeline.@Nullable Timer[] {timer, stallTimer}) {
                if (running != null) {
                    running.cancel();
                }
            }
            return true;
        }
    }
}
