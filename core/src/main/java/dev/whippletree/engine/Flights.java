package dev.whippletree.engine;

import dev.whippletree.engine.answer.Transcript.ReadPosition;
import dev.whippletree.engine.cache.AnswerCheck;
import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.flight.AnswerStore;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Reader;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.run.CallerContext;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The flights under way and their callers: subscribes callers, tells them how their flight ended, fails those whose
 * deadline has passed. Guarded by the engine's lock.
 *
 * <p>A flight stays in the table until the nearest cache has its answer, so that the next equal prompt joins it or
 * finds it stored, and never causes a second call.
 */
final class Flights {

    /**
     * So long before a caller gives up it is told when to ask again, lest it hears nothing; of a short timeout, at most
     * half.
     */
    private static final long LEAST_MARGIN_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int PART_OF_TIMEOUT = 20;

    private final Monitor monitor;
    private final Timeline timeline;
    private final CacheTiers caches;
    private final Tally tally;
    private final Listeners listeners;
    private final WaitEstimator estimator;
    private final Consumer<Flight> abandoned;

    private final Runnable emptied;
    private final Map<CacheKey, Flight> joinable = new HashMap<>();

    private final Set<Flight> underWay = new LinkedHashSet<>();

    /**
     * Creates an empty table.
     *
     * @param estimator says when there will be room
     * @param abandoned gets each flight whose last caller has left
     * @param emptied runs whenever the last flight has ended
     */
    Flights(
            Monitor monitor,
            Timeline timeline,
            CacheTiers caches,
            Tally tally,
            Listeners listeners,
            WaitEstimator estimator,
            Consumer<Flight> abandoned,
            Runnable emptied) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.caches = caches;
        this.tally = tally;
        this.listeners = listeners;
        this.estimator = estimator;
        this.abandoned = abandoned;
        this.emptied = emptied;
    }

    Optional<Flight> find(CacheKey key) {
        monitor.assertHeld();
        return Optional.ofNullable(joinable.get(key));
    }

    Flight open(CacheKey key, Prompt prompt, Route route, long now) {
        monitor.assertHeld();
        Flight flight = new Flight(key, prompt, route, now);
        underWay.add(flight);
        if (prompt.cache().read()) {
            joinable.put(key, flight);
        }
        return flight;
    }

    /** Subscribes a caller; one who comes after the answer gets it at once. */
    Subscription subscribe(
            Flight flight, Prompt prompt, boolean joined, Optional<Reader> reader, CallerContext context, long now) {
        monitor.assertHeld();
        Subscription subscription = new Subscription(
                flight, joined, tally.submitted(prompt), patience(flight, prompt, reader), reader, context, now);
        reader.ifPresent(caller -> caller.subscribed(subscription));
        subscription.mailbox().claim();
        flight.subscribers().add(subscription);
        flight.mayStore(prompt.cache().store());
        Completion answer = flight.answer();
        if (answer != null) {
            deliver(subscription, answer, now);
        } else {
            if (!subscription.patience().firstPieceOnly() || flight.broadcast().isEmpty()) {
                await(subscription, now);
            }
            if (prompt.endsWhenStalled()) {
                watch(subscription, WaitEstimator.stallNanos(flight));
            }
            prompt.callerTimeout().ifPresent(timeout -> {
                Timeline.Timer timer = timeline.schedule(
                        beforeHangUp(Waits.nanos(timeout)), () -> monitor.decide(() -> hangUp(subscription, timeout)));
                subscription.future().whenComplete((done, failed) -> timer.cancel());
            });
        }
        return subscription;
    }

    private static long beforeHangUp(long timeout) {
        long margin = Math.max(LEAST_MARGIN_NANOS, timeout / PART_OF_TIMEOUT);
        return timeout - Math.min(margin, timeout / 2);
    }

    /**
     * Tells a caller who is about to give up when to ask again, unless there is a call under way, or part of the answer
     * was told.
     */
    private void hangUp(Subscription subscription, Duration timeout) {
        if (subscription.isWaiting() && !subscription.wasTold()) {
            Flight flight = subscription.flight();
            long now = timeline.nanoTime();
            long wait = estimator.waitNanos(flight);
            long waited = now - subscription.beganNanos();
            fail(subscription, PromptErrors.callerTimeout(flight, timeout, waited, wait, now, timeline.now()));
            abandonIfAlone(flight);
        }
    }

    private static Subscription.Patience patience(Flight flight, Prompt prompt, Optional<Reader> reader) {
        return new Subscription.Patience(
                prompt.deadline().or(() -> flight.route().settings().deadline()),
                prompt.deadlineForFirstPiece() && reader.isPresent(),
                prompt.endsWhenStalled(),
                prompt.callerTimeout());
    }

    /** Starts a caller's deadline; the last one goes on if there is no more of the answer than when that began. */
    private void await(Subscription subscription, long now) {
        subscription.patience().atMost().ifPresent(after -> {
            long size = subscription.flight().broadcast().size();
            long until = subscription.until(size).orElse(now + Waits.nanos(after));
            if (until - now <= 0) {
                expire(subscription, after);
                return;
            }
            Timeline.Timer timer =
                    timeline.schedule(until - now, () -> monitor.decide(() -> expire(subscription, after)));
            subscription.await(until, size, timer);
        });
    }

    private void expire(Subscription subscription, Duration after) {
        Flight flight = subscription.flight();
        fail(subscription, PromptErrors.deadline(flight, after, estimator.roomAt(flight), timeline.nanoTime()));
        abandonIfAlone(flight);
    }

    /** Looks after a time whether a caller's route is stalled; during a call, once that has failed. */
    private void watch(Subscription subscription, long nanos) {
        subscription.watch(timeline.schedule(
                nanos,
                () -> monitor.decide(() -> {
                    subscription.watch(null);
                    if (subscription.isWaiting() && !subscription.hasEnded()) {
                        endIfStalled(subscription);
                    }
                })));
    }

    private void endIfStalled(Subscription subscription) {
        Flight flight = subscription.flight();
        long now = timeline.nanoTime();
        if (flight.stage() == Flight.Stage.LOOKING_UP) { // A cache, or another process that makes the call.
            subscription.movesAt(now);
        }
        long left = WaitEstimator.untilStalledNanos(flight, subscription.movedNanos(), now);
        if (left > 0) {
            watch(subscription, left);
        } else {
            fail(subscription, PromptErrors.stalled(flight, WaitEstimator.stallNanos(flight), now, timeline.now()));
            abandonIfAlone(flight);
        }
    }

    /**
     * An answer broke off and the prompt is sent again: callers with a deadline for the first piece wait for the next
     * one. Answers that break off again and again give them no more time unless each goes further.
     */
    void awaitAgain(Flight flight, long now) {
        monitor.assertHeld();
        flight.subscribers().all().stream()
                .filter(subscription -> subscription.deadline().isEmpty())
                .forEach(subscription -> await(subscription, now));
    }

    /** Before another call, the callers leave who don't want it, and those end whose route is stalled. */
    void leaveBeforeNextCall(Flight flight) {
        monitor.assertHeld();
        for (Subscription subscription : flight.subscribers().all()) {
            if (!subscription.wantsFurtherCalls()) {
                leave(subscription);
                monitor.after(
                        subscription.mailbox(), () -> subscription.future().cancel(false));
            } else if (subscription.mayBeStalled()) {
                endIfStalled(subscription);
            }
        }
    }

    void leave(Subscription subscription) {
        monitor.assertHeld();
        if (subscription.end()) {
            tally.cancelled(subscription.session());
            tellOfCancelled(subscription);
            subscription.flight().subscribers().remove(subscription);
            abandonIfAlone(subscription.flight());
        }
    }

    private void tellOfCancelled(Subscription subscription) {
        if (!listeners.isEmpty()) {
            Duration took = Duration.ofNanos(timeline.nanoTime() - subscription.beganNanos());
            monitor.after(subscription.mailbox(), () -> listeners.tell(listener -> listener.cancelled(took)));
        }
    }

    private void abandonIfAlone(Flight flight) {
        if (flight.subscribers().isEmpty()
                && flight.stage() != Flight.Stage.STORING
                && flight.stage() != Flight.Stage.ENDED) {
            abandoned.accept(flight);
            remove(flight);
        }
    }

    void land(Flight flight, Completion completion, long now) {
        monitor.assertHeld();
        flight.answer(completion);
        // A caller may clear the caches as soon as he has his answer, and mustn't find it there afterwards.
        Optional<Runnable> store = toStore(flight, completion);
        flight.subscribers().all().forEach(subscription -> deliver(subscription, completion, now));
        if (store.isEmpty()) {
            remove(flight);
        } else {
            flight.stage(Flight.Stage.STORING);
            monitor.after(flight.mailbox(), store.get());
        }
    }

    private Optional<Runnable> toStore(Flight flight, Completion completion) {
        Optional<Instant> until =
                timeToStore(flight, completion).map(ttl -> timeline.now().plusNanos(Waits.nanos(ttl)));
        Runnable stored = () -> monitor.tell(() -> remove(flight));
        if (flight.store().isPresent()) {
            AnswerStore store = flight.store().get();
            Runnable over = caches.storing();
            return Optional.of(() -> store.store(completion, until, () -> {
                over.run();
                stored.run();
            }));
        }
        return until.map(expires -> {
            CacheEntry entry = new CacheEntry(completion, expires);
            Runnable storedForOthers = flight.takeClaim().orElse(() -> {});
            BooleanSupplier check = () -> AnswerCheck.isReusable(flight.prompt(), completion);
            return caches.toStore(flight.key(), entry, check, stored, storedForOthers);
        });
    }

    /** Only a whole answer is stored, and only if nobody opted out; {@link CacheTiers} leaves out damaged ones. */
    private Optional<Duration> timeToStore(Flight flight, Completion completion) {
        boolean fresh = completion.origin().source() == Origin.Source.CALL;
        boolean wanted = flight.mayStore() && flight.isKeyed();
        if (caches.isEmpty() || !fresh || !wanted || !AnswerCheck.isWhole(completion)) {
            return Optional.empty();
        }
        return flight.prompt().cache().ttl().or(() -> flight.route().settings().ttl());
    }

    private void deliver(Subscription subscription, Completion completion, long now) {
        if (!subscription.end()) {
            return;
        }
        subscription.flight().subscribers().remove(subscription);
        if (subscription.reader().isPresent()) {
            subscription.flight().broadcast().fill(completion);
        }
        Origin origin = originFor(subscription, completion.origin());
        tally.answered(subscription.session(), origin.source(), now - subscription.beganNanos(), now);
        Duration took = Duration.ofNanos(now - subscription.beganNanos());
        monitor.after(subscription.mailbox(), () -> {
            subscription.future().complete(completion.withOrigin(origin));
            listeners.tell(listener -> listener.answered(origin, took));
        });
    }

    /** Tells a caller who joined that he did, and how long his own prompt waited. */
    private static Origin originFor(Subscription subscription, Origin origin) {
        if (!subscription.joined() || origin.source() == Origin.Source.CACHE) {
            return origin;
        }
        long late = subscription.beganNanos() - subscription.flight().openedNanos();
        Duration waited = origin.waited().minusNanos(late);
        return new Origin(
                Origin.Source.JOINED,
                origin.account(),
                origin.model(),
                origin.attempts(),
                waited.isNegative() ? Duration.ZERO : waited,
                origin.cache());
    }

    void fail(Flight flight, PromptException failure) {
        monitor.assertHeld();
        flight.subscribers()
                .all()
                .forEach(subscription ->
                        fail(subscription, subscription.wasTold() ? PromptErrors.interrupted(failure) : failure));
        remove(flight);
    }

    /** Fails the callers who received part of an answer that a different one has replaced. */
    void interrupt(Attempt attempt) {
        Flight flight = attempt.flight();
        monitor.assertHeld();
        List<ReadPosition> lost =
                flight.broadcast().startOver(flight.subscribers().positions());
        PromptException failure = PromptErrors.continuedOtherwise(flight, attempt.target(), timeline.nanoTime());
        flight.subscribers().at(lost).forEach(subscription -> fail(subscription, failure));
        abandonIfAlone(flight);
    }

    void fail(Subscription subscription, PromptException failure) {
        monitor.assertHeld();
        if (!subscription.end()) {
            return;
        }
        subscription.flight().subscribers().remove(subscription);
        if (failure.reason() != PromptException.Reason.CLOSED && failure.getCause() == null) {
            subscription.flight().thrown().ifPresent(failure::initCause);
        }
        monitor.after(subscription.mailbox(), () -> subscription.future().completeExceptionally(failure));
        if (failure.reason() == PromptException.Reason.CALLER_TIMEOUT) {
            tally.cancelled(subscription.session());
            tellOfCancelled(subscription);
        } else {
            tally.failed(subscription.session());
            Duration took = Duration.ofNanos(timeline.nanoTime() - subscription.beganNanos());
            monitor.after(
                    subscription.mailbox(), () -> listeners.tell(listener -> listener.failed(failure.reason(), took)));
        }
    }

    private void remove(Flight flight) {
        flight.stage(Flight.Stage.ENDED);
        underWay.remove(flight);
        joinable.remove(flight.key(), flight);
        flight.takeClaim().ifPresent(end -> monitor.after(flight.mailbox(), end));
        if (underWay.isEmpty()) {
            emptied.run();
        }
    }

    Set<Flight> underWay() {
        monitor.assertHeld();
        return underWay;
    }
}
