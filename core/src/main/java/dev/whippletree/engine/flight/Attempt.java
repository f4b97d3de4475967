package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.pool.Lease;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.PluginTasks;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call made on one target for one flight, and the sink its provider tells.
 *
 * <p>Ends exactly once: when its provider says so, by a timeout, or because nobody wants the answer any longer. Later
 * signals are dropped. Its state is guarded by the engine's lock, except for the answer, which grows in the broadcast.
 */
public final class Attempt implements AttemptSink {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final Timeline.Timer NO_TIMER = () -> {};

    private final Monitor monitor;
    private final Timeline timeline;
    private final PluginFaults faults;
    private final AttemptListener listener;
    private final Flight flight;
    private final Target target;
    private final Lease lease;
    private final boolean streaming;
    private final long beganNanos;
    private final Transcript answer;
    private final CallTimes times;

    private Timeline.Timer wholeTimer = NO_TIMER;
    private Timeline.Timer silenceTimer = NO_TIMER;
    private Timeline.Timer headTimer = NO_TIMER;
    private @Nullable Cancellable call;
    private @Nullable String grant;
    private @Nullable Failure refusal;
    private volatile boolean ended;

    /** Hears about attempts, under the engine's lock. */
    public interface AttemptListener {

        /** Its call is about to be made. */
        void sent(Attempt attempt);

        /** The service reported its limits. */
        void reported(Attempt attempt, List<RateLimitReport> reports, long now);

        /** A streamed answer has begun, so the service has admitted the call. */
        void admitted(Attempt attempt, long now);

        /** The answer differs from the part that some callers have received; those can't get the rest. */
        void differs(Attempt attempt);

        /** The attempt has ended. Called once. */
        void ended(Attempt attempt, AttemptOutcome outcome, long now);
    }

    /** Takes the lease. The lock must be held. */
    public Attempt(
            Monitor monitor,
            Timeline timeline,
            PluginFaults faults,
            AttemptListener listener,
            Flight flight,
            Target target,
            boolean streaming) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.faults = faults;
        this.listener = listener;
        this.flight = flight;
        this.target = target;
        this.streaming = streaming;
        this.times = new CallTimes(timeline);
        this.beganNanos = timeline.nanoTime();
        this.lease = new Lease(target, flight.tokens(target), beganNanos);
        this.answer = flight.broadcast().begin(new Delta.Start(target.account().id(), target.model()));
    }

    public Flight flight() {
        return flight;
    }

    public Target target() {
        return target;
    }

    public Lease lease() {
        return lease;
    }

    public long tookNanos(long now) {
        return now - beganNanos;
    }

    public long beganNanos() {
        return beganNanos;
    }

    public CallTimes times() {
        return times;
    }

    /**
     * Remembers what was reserved for it among the processes. The lock must be held.
     *
     * @param id of the reservation
     * @return whether it is still wanted
     */
    public boolean granted(String id) {
        monitor.assertHeld();
        if (ended) {
            return false;
        }
        grant = id;
        return true;
    }

    /** Returns its reservation among the processes, once. The lock must be held. */
    public Optional<String> takeGrant() {
        monitor.assertHeld();
        Optional<String> taken = Optional.ofNullable(grant);
        grant = null;
        return taken;
    }

    /**
     * Ends it unsent. The lock must be held.
     *
     * @param elsewhere what its flight goes on with, out of the line; empty if the other processes refuse it
     */
    public void sendBack(Optional<Runnable> elsewhere, long now) {
        monitor.assertHeld();
        if (!ended) {
            finish();
            listener.ended(this, new AttemptOutcome.SentBack(false, elsewhere), now);
        }
    }

    /** Makes the call, unless the attempt has ended meanwhile. Call it without the lock. */
    public void send() {
        Timeouts timeouts = flight.route().settings().timeouts();
        boolean wanted = monitor.decide(() -> {
            if (ended) {
                return false;
            }
            times.begin();
            listener.sent(this);
            target.account().clientNeeded();
            watch(timeouts);
            if (streaming) {
                silenceTimer = timeOut(firstToken(timeouts), "no data arrived within ");
            }
            timeouts.firstByte().ifPresent(after -> headTimer = timeOut(after, "no response within "));
            return true;
        });
        if (wanted) {
            callProvider();
        }
    }

    /** Ends the call when its answer takes too long: {@code whole}, or less if another target had better be asked. */
    private void watch(Timeouts timeouts) {
        long now = timeline.nanoTime();
        long took = times.tookNanos(now);
        Duration longest = timeouts.longest(streaming);
        long left = Waits.nanos(longest) - took;
        boolean looks = !streaming && timeouts.firstByte().isEmpty() && refusal == null && took < Target.TOO_LATE_NANOS;
        if (left <= 0 || (looks && target.isLate(took) && flight.cutOff(this, took, now))) {
            Duration within = left <= 0 ? longest : Duration.ofNanos(took).truncatedTo(ChronoUnit.SECONDS);
            end(Failure.of(FailureKind.TIMEOUT, "no whole answer within " + DurationText.of(within)));
        } else {
            long next = looks ? Math.min(left, Target.LATE_NANOS) : left;
            wholeTimer = timeline.schedule(next, () -> whileUnderWay(() -> watch(timeouts)));
        }
    }

    private Duration firstToken(Timeouts timeouts) {
        return timeouts.firstToken()
                .orElseGet(() -> target.firstTokenTimeout(flight.options().hasFallback(target, timeline.nanoTime())));
    }

    private void callProvider() {
        Cancellable made;
        try {
            made = Objects.requireNonNull(
                    PluginTasks.hearing(
                            fault -> {
                                providerFailed(fault);
                                return true;
                            },
                            () -> target.account().client().send(flight.prompt(), target.model(), this)),
                    "send returned nothing that cancels the call");
        } catch (Throwable e) {
            providerFailed(e);
            monitor.decide(target.account()::clientUsed);
            return;
        }
        monitor.tell(() -> {
            call = made;
            if (ended) {
                monitor.after(flight.mailbox(), () -> cancel(made));
            } else {
                target.account().clientUsed();
            }
        });
    }

    private void providerFailed(Throwable cause) {
        log(cause, "failed to make a call");
        concludeUnlessEnded(() -> {
            flight.threw(cause);
            fail(Failure.of(FailureKind.UNAVAILABLE, "the provider failed: " + PluginFaults.typed(cause)));
        });
    }

    private void cancel(Cancellable made) {
        try {
            made.cancel();
        } catch (Throwable e) {
            log(e, "failed to cancel a call");
        } finally {
            monitor.decide(target.account()::clientUsed);
        }
    }

    private void log(Throwable cause, String what) {
        String account = target.account().id();
        faults.log(LOG, account, cause, "account " + account + ": its provider " + what);
    }

    private Timeline.Timer timeOut(Duration after, String words) {
        return timeline.schedule(
                Waits.nanos(after), () -> end(Failure.of(FailureKind.TIMEOUT, words + DurationText.of(after))));
    }

    /** Breaks the call off with our own failure, unless the service has reported one. */
    private void end(Failure failure) {
        monitor.decide(() -> {
            if (!ended) {
                Failure known = refusal;
                if (streaming && known == null && times.firstPiece().isEmpty()) {
                    target.firstToken(tookNanos(timeline.nanoTime()));
                }
                breakOff();
                listener.ended(
                        this, new AttemptOutcome.AttemptFailed(known == null ? failure : known), timeline.nanoTime());
            }
        });
    }

    /** Breaks the call off because nobody wants the answer. The lock must be held. */
    public void cancel(long now) {
        monitor.assertHeld();
        if (!ended) {
            breakOff();
            listener.ended(this, new AttemptOutcome.AttemptCancelled(), now);
        }
    }

    private void breakOff() {
        finish();
        Cancellable made = call;
        if (made != null) {
            target.account().clientNeeded();
            monitor.after(flight.mailbox(), () -> cancel(made));
        }
    }

    private void finish() {
        ended = true;
        wholeTimer.cancel();
        silenceTimer.cancel();
        headTimer.cancel();
    }

    @Override
    public boolean streaming() {
        return streaming;
    }

    @Override
    public void sent() {
        whileUnderWay(() -> lease.sent(timeline.nanoTime()));
    }

    @Override
    public boolean staleConnection(boolean begun) {
        return monitor.decide(() -> {
            if (ended) {
                return false;
            }
            target.account().staleConnection();
            long now = timeline.nanoTime();
            // What the other processes granted is one request.
            if (!begun || (grant == null && lease.repeat(now))) {
                return true;
            }
            if (flight.forgivesStaleConnection()) {
                finish();
                listener.ended(this, new AttemptOutcome.SentBack(true, Optional.empty()), now);
            }
            return false;
        });
    }

    @Override
    public void firstByte() {
        whileUnderWay(() -> {
            responded();
            lease.call().arrived(timeline.nanoTime());
        });
    }

    @Override
    public void limits(List<RateLimitReport> reports) {
        List<RateLimitReport> whole = List.copyOf(reports);
        whileUnderWay(() -> listener.reported(this, whole, timeline.nanoTime()));
    }

    @Override
    public void refused(Failure failure) {
        whileUnderWay(() -> refusal = failure);
    }

    @Override
    public void delta(Delta.Piece piece) {
        if (ended) {
            return;
        }
        // Extras come before the model has said anything, and say nothing of when it will.
        if (!(piece instanceof Delta.ExtrasPart) && times.piece() && streaming) {
            whileUnderWay(() -> {
                target.firstToken(tookNanos(timeline.nanoTime()));
                listener.admitted(this, timeline.nanoTime());
            });
        }
        switch (flight.broadcast().add(answer, piece)) {
            case GARBAGE ->
                end(Failure.of(
                        FailureKind.UNAVAILABLE,
                        flight.broadcast().problem(answer).orElseThrow()));
            case DIFFERENT -> whileUnderWay(() -> listener.differs(this));
            case NONE -> whileUnderWay(this::awaitNextPiece);
            case MORE ->
                whileUnderWay(() -> {
                    awaitNextPiece();
                    flight.subscribers().pieceCame(monitor);
                });
        }
    }

    private void responded() {
        headTimer.cancel();
        headTimer = NO_TIMER;
    }

    private void awaitNextPiece() {
        responded();
        if (!streaming || !times.isAnswering()) {
            return;
        }
        silenceTimer.cancel();
        silenceTimer = timeOut(flight.route().settings().timeouts().betweenTokens(), "no more data arrived within ");
    }

    @Override
    public void done(AnswerEnd end) {
        if (ended) {
            return;
        }
        if (end.finishReason() == FinishReason.CONTENT_FILTER) {
            failed(Failure.of(FailureKind.FILTERED, "the service withheld the answer or part of it"));
            return;
        }
        Duration waited = Duration.ofNanos(Math.max(0, beganNanos - flight.openedNanos()));
        Origin origin = new Origin(
                Origin.Source.CALL, target.account().id(), end.model(), flight.calls(), waited, Optional.empty());
        Completion completion = flight.broadcast().build(answer, end, origin);
        concludeUnlessEnded(() -> {
            if (flight.broadcast().isBehind()) {
                listener.differs(this);
            }
            if (!ended) {
                finish();
                listener.ended(this, new AttemptOutcome.AttemptAnswered(completion, end), timeline.nanoTime());
            }
        });
    }

    @Override
    public void failed(Failure failure) {
        Objects.requireNonNull(failure, "failure"); // Else the attempt would have ended, and its prompt hang.
        concludeUnlessEnded(() -> fail(failure));
    }

    private void fail(Failure failure) {
        finish();
        listener.ended(this, new AttemptOutcome.AttemptFailed(failure), timeline.nanoTime());
    }

    private void whileUnderWay(Runnable decision) {
        monitor.tell(() -> unlessEnded(decision));
    }

    private void concludeUnlessEnded(Runnable decision) {
        monitor.conclude(() -> unlessEnded(decision));
    }

    private void unlessEnded(Runnable decision) {
        if (!ended) {
            decision.run();
        }
    }

    /** How an attempt ended. Each attempt ends in one of these ways, once. */
    public sealed interface AttemptOutcome {

        /** It brought a whole answer. */
        record AttemptAnswered(Completion completion, AnswerEnd end) implements AttemptOutcome {}

        /** It brought no answer, or only part of one. */
        record AttemptFailed(Failure failure) implements AttemptOutcome {}

        /** Nobody wants the answer any longer. */
        record AttemptCancelled() implements AttemptOutcome {}

        /**
         * Its flight goes back to its place in the line: the other processes refused it, or its connection was stale;
         * or its answer is or may be found elsewhere.
         *
         * @param used whether it was sent, so that the service may have counted it
         * @param elsewhere what the flight goes on with instead, out of the line
         */
        record SentBack(boolean used, Optional<Runnable> elsewhere) implements AttemptOutcome {}
    }
}
