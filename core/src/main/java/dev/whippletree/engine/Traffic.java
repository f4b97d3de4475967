package dev.whippletree.engine;

import dev.whippletree.model.Completion;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a flight's way that may be gone more than once: from the waiting line to a target, and back if that fails. Guarded by
 * the engine's lock.
 */
final class Traffic {

    private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);

    private final Monitor monitor;
    private final Timeline timeline;
    private final Events events;
    private final Mailbox announcements = new Mailbox();
    private final WaitingLine line = new WaitingLine();
    private final TokenForecast forecast = new TokenForecast();
    private final Renewal renewal = new Renewal(line, forecast);
    private final Flights flights;
    private final Closures closures;
    private final Gate gate;
    private final Conduct conduct;
    private final Dispatcher dispatcher;
    private final Pool pool;
    private final Rerouting rerouting;

    /** What others have to know of it. */
    interface Events {

        /** A flight has ended. */
        void flightEnded();

        /** A flight has to be asked for anew what it takes, and then goes to its place in the line. Told without the lock. */
        void entering(Flight flight);

        /** Something was used of a limit, or became known of one, or of what is closed. */
        void used();
    }

    /**
     * Creates one in which nothing is under way.
     *
     * @param audience is told what happens
     * @param events is told, under the lock
     */
    Traffic(
            Monitor monitor,
            Timeline timeline,
            Pool pool,
            CacheTiers caches,
            Partners partners,
            Tally tally,
            Audience audience,
            Events events) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.events = events;
        this.pool = pool;
        this.flights = new Flights(
                monitor, timeline, caches, tally, audience, this::roomAt, this::abandon, events::flightEnded);
        Reaches reaches = new Reaches(pool);
        this.closures = new Closures(pool, audience, partners, reaches, this::announce);
        Runnable wakeUp = () -> monitor.decide(() -> dispatch(Change.ANYTHING));
        this.gate = new Gate(partners, monitor, timeline, wakeUp);
        CallReports reports = new CallReports(audience, monitor, timeline);
        this.conduct = new Conduct(new AttemptOutcomes(), closures, reaches, gate, forecast, reports, timeline);
        this.dispatcher = new Dispatcher(line, timeline, wakeUp, new LineActions());
        this.rerouting = new Rerouting(
                line,
                renewal,
                this::enterAgain,
                (flight, now) -> flights.fail(flight, PromptErrors.noAccount(flight, now)));
    }

    /** Returns what hears of the other processes. */
    CoordinationListener notices() {
        return new Notices();
    }

    Flights flights() {
        return flights;
    }

    WaitingLine line() {
        return line;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Asks for a flight what it needs by what is known now. It must not be in the waiting line. The lock must be held. */
    void demandAnew(Flight flight) {
        renewal.demandAnew(flight);
    }

    /** Puts a flight into the waiting line, one that had a turn there back to that. The lock must be held. */
    void queue(Flight flight, long now) {
        flight.waitingSince(now);
        line.add(flight);
    }

    private void enterAgain(Flight flight) {
        flight.stage(Flight.Stage.LOOKING_UP);
        monitor.after(flight.mailbox(), () -> events.entering(flight));
    }

    /**
     * Lets all that is under way go on with what the pool has become. The lock must be held.
     *
     * @param retokened the accounts that have another token
     */
    void poolChanged(Collection<String> retokened, long now) {
        pool.accounts().stream()
                .filter(account -> retokened.contains(account.id()))
                .forEach(account -> {
                    account.changeToken();
                    closures.tokenChanged(account, now);
                });
        rerouting.reroute(flights.underWay(), pool, now);
        dispatcher.lineShrank();
        renewal.startOver(flights.underWay());
        renewal.goOn(flights.underWay());
        dispatch(Change.ANYTHING);
    }

    /** Ends a flight of the waiting line at once if it can't begin before its deadline. The lock must be held. */
    void refuseIfTooLate(Flight flight, long now) {
        OptionalLong deadline = flight.deadline();
        if (deadline.isEmpty()) {
            return;
        }
        OptionalLong wait = tooLongWait(flight, deadline.getAsLong(), now);
        if (wait.isPresent()) {
            withdraw(flight);
            flights.fail(
                    flight, PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(wait.getAsLong())));
        }
    }

    /** Returns how long a waiting flight has to wait, if that is known and longer than until a deadline. The lock must be held. */
    OptionalLong tooLongWait(Flight flight, long deadline, long now) {
        Forecast forecast = Forecast.inTurn(flight, line, now);
        if (forecast.isWithin(Math.max(0, deadline - now))) {
            return OptionalLong.empty();
        }
        long wait = forecast.waitNanos();
        return Waits.isKnown(wait) ? OptionalLong.of(wait) : OptionalLong.empty();
    }

    /** Returns when there would be room for a flight behind all that wait now, if that is known. */
    Optional<Instant> roomAt(Flight flight) {
        long wait = Forecast.behindAll(flight, line, timeline.nanoTime()).waitNanos();
        return Waits.isKnown(wait) && wait > 0 ? Optional.of(timeline.now().plusNanos(wait)) : Optional.empty();
    }

    /** Notices tokens that were replaced after they had been refused. May read files, so the lock must not be held. */
    void noticeNewTokens(Route route) {
        for (Target target : route.targets()) {
            if (target.account().refusedToken().takeChange()) {
                monitor.decide(() -> closures.tokenChanged(target.account(), timeline.nanoTime()));
            }
        }
    }

    /**
     * Begins all that can begin. The lock must be held.
     *
     * @param change what has happened since the last time
     */
    void dispatch(Change change) {
        long now = timeline.nanoTime();
        closures.tellReopened(change.everything(), now);
        dispatcher.dispatch(change, now);
    }

    /** Nobody wants a flight any longer; those that it held back in the line may go. The lock must be held. */
    private void abandon(Flight flight) {
        boolean waiting = flight.stage() == Flight.Stage.WAITING;
        withdraw(flight);
        if (waiting) {
            dispatch(Change.OF_THE_LINE);
        }
    }

    /** Takes a flight off its way, wherever it is. The lock must be held. */
    void withdraw(Flight flight) {
        line.remove(flight);
        dispatcher.lineShrank();
        Attempt attempt = flight.attempt();
        if (attempt != null && flight.stage() == Flight.Stage.ATTEMPTING) {
            attempt.cancel(timeline.nanoTime());
        }
    }

    /** Leaves a task of nobody in particular to be done once the lock is free. */
    void announce(Runnable task) {
        monitor.after(announcements, task);
    }

    /** What the dispatcher does with flights that leave the line. */
    private final class LineActions implements Dispatcher.Actions {

        @Override
        public void begin(Flight flight, Target target, long now) {
            dispatcher.lineShrank();
            Attempt attempt = new Attempt(
                    monitor,
                    timeline,
                    conduct,
                    flight,
                    target,
                    !flight.readers().isEmpty());
            flight.begin(attempt);
            events.used();
            LOG.debug("Prompt {}: attempt {} on {}", flight.key(), flight.calls(), target.id());
            gate.pass(attempt);
        }

        @Override
        public void giveUp(Flight flight, long now) {
            dispatcher.lineShrank();
            demandAnew(flight);
            if (Candidates.eligible(flight).stream()
                    .anyMatch(target -> target.waitNanos(flight.demand().tokens(target), now) != Waits.UNKNOWN)) {
                // Only a limit learned while it waited was too small for what it asked for then.
                line.add(flight);
                return;
            }
            List<Target> left = Candidates.ever(flight);
            boolean fitsSomewhere = left.isEmpty()
                    || left.stream()
                            .anyMatch(
                                    target -> target.canEverFit(flight.demand().neededTokens(target)));
            flights.fail(
                    flight,
                    fitsSomewhere ? PromptErrors.noAccount(flight, now) : PromptErrors.largerThanLimits(flight));
        }

        @Override
        public void refuse(Flight flight, long waitNanos) {
            dispatcher.lineShrank();
            flights.fail(
                    flight, PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(waitNanos)));
        }

        @Override
        public void later(Runnable task) {
            announce(task);
        }
    }

    /** What becomes of a flight after an attempt. */
    private final class AttemptOutcomes implements Conduct.Outcomes {

        @Override
        public void answered(Flight flight, Completion completion, long now) {
            flights.land(flight, completion, now);
        }

        @Override
        public void failed(Flight flight, Reason reason, long now) {
            flights.fail(flight, PromptErrors.failed(flight, reason));
        }

        @Override
        public void interrupted(Flight flight) {
            flights.interrupt(flight);
        }

        @Override
        public void back(Flight flight) {
            if (flight.demand().covers(flight.route())) {
                demandAnew(flight);
                line.add(flight);
            } else {
                enterAgain(flight);
            }
        }

        @Override
        public void again(Flight flight, long pauseNanos, boolean counted, long now) {
            flight.stage(Flight.Stage.PAUSING);
            flights.awaitAgain(flight, now);
            if (pauseNanos > 0) {
                resumeIn(flight, pauseNanos, counted);
            } else {
                resume(flight, counted, now);
            }
        }

        private void resumeIn(Flight flight, long pauseNanos, boolean counted) {
            timeline.schedule(
                    pauseNanos,
                    () -> monitor.decide(() -> {
                        resume(flight, counted, timeline.nanoTime());
                        dispatch(Change.OF_THE_LINE);
                    }));
        }

        private void resume(Flight flight, boolean counted, long now) {
            if (flight.stage() != Flight.Stage.PAUSING) {
                return;
            }
            long budgetNanos = counted ? flight.route().budget().takeOrWaitNanos(now) : 0;
            if (budgetNanos > 0) {
                resumeIn(flight, budgetNanos, true);
            } else if (!flight.demand().covers(flight.route())) {
                enterAgain(flight);
            } else {
                demandAnew(flight);
                waitAgain(flight, counted, now);
            }
        }

        /** Its patience with a tier that refuses it goes on: a refusal was no attempt. */
        private void waitAgain(Flight flight, boolean counted, long now) {
            if (counted) {
                queue(flight, now);
            } else {
                line.add(flight);
            }
        }

        @Override
        public void changed(Target target, long now) {
            events.used();
            dispatch(renewal.goOn(flights.underWay()) ? Change.ANYTHING : Change.of(target));
        }
    }

    /** What other processes tell. */
    private final class Notices implements CoordinationListener {

        @Override
        public void closed(ScopeClosing closing) {
            monitor.decide(() -> {
                closures.closedByOthers(closing, timeline.nanoTime());
                dispatch(Change.ANYTHING);
            });
        }

        @Override
        public void reopened(Scope scope) {
            monitor.decide(() -> {
                closures.reopenedByOthers(scope, timeline.nanoTime());
                dispatch(Change.ANYTHING);
            });
        }
    }
}
