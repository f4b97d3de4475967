package dev.whippletree.engine;

import dev.whippletree.engine.CoordinationClient.Reservation;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks the other processes, once this process's own count has room, whether an attempt may be sent. Guarded by the
 * engine's lock; the coordination is asked outside it.
 *
 * <p>An attempt about whose question nobody answered, when that was looked up, asks that first, if its flight has
 * waited. An attempt that they refuse goes back to its turn, and as large a use of the refusing limit isn't requested
 * again until the time that they stated.
 */
final class Gate {

    private final CoordinationClient coordinator;
    private final SharedCalls sharedCalls;
    private final Monitor monitor;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final Consumer<Attempt> alone;
    private final Function<Ticket, TenantTurn> turns;

    /**
     * Creates one.
     *
     * @param wakeUp starts a pass through the line, taking the lock
     * @param alone sends an attempt that the other processes don't know of
     * @param turns returns the turn that a ticket takes, with the lock held
     */
    Gate(
            CoordinationClient coordinator,
            SharedCalls sharedCalls,
            Monitor monitor,
            Timeline timeline,
            Runnable wakeUp,
            Consumer<Attempt> alone,
            Function<Ticket, TenantTurn> turns) {
        this.coordinator = coordinator;
        this.sharedCalls = sharedCalls;
        this.monitor = monitor;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.alone = alone;
        this.turns = turns;
    }

    /** Sends an attempt that has just begun, once the lock is free and the others agree. */
    void pass(Attempt attempt) {
        monitor.assertHeld();
        List<ScopeState> probed = attempt.target().scopes().stream()
                .filter(scope -> scope.closure().isProbedBy(attempt.lease()))
                .toList();
        List<LimitUse> uses = attempt.target().sharedUses(attempt.lease().call().tokens());
        TenantTurn turn = turns.apply(attempt.flight().ticket());
        Runnable ask = () -> probe(attempt, probed.iterator(), () -> reserve(attempt, uses, turn));
        boolean doubtful = attempt.flight().takeSecondLook(timeline.nanoTime());
        monitor.after(attempt.flight().mailbox(), doubtful ? () -> settle(attempt, ask) : ask);
    }

    private void settle(Attempt attempt, Runnable ask) {
        sharedCalls.settleAgain(
                attempt.flight(),
                elsewhere -> elsewhere.ifPresentOrElse(
                        with -> monitor.decide(() -> attempt.sendBack(elsewhere, timeline.nanoTime())), ask));
    }

    /** Only one process at a time probes a closed scope. */
    private void probe(Attempt attempt, Iterator<ScopeState> probed, Runnable reserve) {
        if (!probed.hasNext()) {
            reserve.run();
            return;
        }
        ScopeState scope = probed.next();
        Duration lease = attempt.flight().route().settings().timeouts().longest(false);
        coordinator.claimProbe(scope.scope(), lease, ours -> {
            if (ours) {
                probe(attempt, probed, reserve);
            } else {
                monitor.decide(() -> leaveToOthers(attempt, scope, lease));
            }
        });
    }

    private void leaveToOthers(Attempt attempt, ScopeState scope, Duration lease) {
        long now = timeline.nanoTime();
        scope.closure().probedElsewhere(now + Waits.nanos(lease));
        timeline.schedule(Waits.nanos(lease), wakeUp);
        attempt.sendBack(Optional.empty(), now);
    }

    private void reserve(Attempt attempt, List<LimitUse> uses, TenantTurn turn) {
        if (uses.isEmpty()) {
            attempt.send();
            return;
        }
        coordinator.reserve(uses, turn, reservation -> monitor.decide(() -> decide(attempt, reservation)));
    }

    private void decide(Attempt attempt, Reservation reservation) {
        if (reservation instanceof Reservation.Replied answered) {
            decide(attempt, answered.grant());
        } else if (reservation instanceof Reservation.Silence) {
            attempt.sendBack(Optional.empty(), timeline.nanoTime());
        } else {
            alone.accept(attempt);
        }
    }

    private void decide(Attempt attempt, Grant grant) {
        if (grant instanceof Grant.Granted granted) {
            boolean wanted = attempt.granted(granted.id());
            monitor.after(
                    attempt.flight().mailbox(),
                    wanted ? attempt::send : () -> coordinator.tell(to -> to.release(granted.id())));
        } else if (grant instanceof Grant.Refused refused) {
            refuse(attempt, refused);
        }
    }

    private void refuse(Attempt attempt, Grant.Refused refused) {
        long now = timeline.nanoTime();
        attempt.target().scopes().stream()
                .filter(scope -> scope.scope().equals(refused.by().scope()))
                .forEach(scope -> scope.shared().refused(refused.by(), now + Waits.nanos(refused.retryAfter()), now));
        attempt.sendBack(Optional.empty(), now);
    }

    /**
     * Settles an attempt that was made, with the tokens that the service counted if it reported them. The lock must be
     * held.
     */
    void used(Attempt attempt, Optional<TokenCount> tokens, long now) {
        Duration sinceArrival = Duration.ofNanos(now - attempt.lease().arrivedBy(now));
        tell(attempt, (to, grant) -> to.settle(grant, tokens, sinceArrival));
    }

    /** Releases what was reserved for an attempt that was never sent. The lock must be held. */
    void unused(Attempt attempt) {
        tell(attempt, Coordination::release);
    }

    private void tell(Attempt attempt, BiConsumer<Coordination, String> whatOfItsGrant) {
        attempt.takeGrant()
                .ifPresent(grant -> monitor.after(
                        attempt.flight().mailbox(), () -> coordinator.tell(to -> whatOfItsGrant.accept(to, grant))));
    }
}
