package dev.whippletree.engine;

import dev.whippletree.engine.CoordinationClient.Reservation;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Mailbox;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The second gate, behind this process's own count: asks the other processes whether an attempt may be sent. Guarded by the
 * engine's lock; the coordination is asked outside it. Where there is none, every attempt is sent, as soon as the state folder,
 * if there is one, holds its uses.
 *
 * <p>An attempt that the others have left no room for goes back to its place in the waiting line, and the limit that refused it is
 * not asked for as much until the time that was told.
 */
final class Gate {

    private final CoordinationClient coordinator;
    private final Optional<StateSaver> saver;
    private final Monitor monitor;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final TenantTally tenants;

    /**
     * Creates one.
     *
     * @param saver keeps uses beyond this process, if anything does
     * @param wakeUp looks at the waiting line anew, taking the lock
     * @param tenants is told who has used what
     */
    Gate(
            CoordinationClient coordinator,
            Optional<StateSaver> saver,
            Monitor monitor,
            Timeline timeline,
            Runnable wakeUp,
            TenantTally tenants) {
        this.coordinator = coordinator;
        this.saver = saver;
        this.monitor = monitor;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.tenants = tenants;
    }

    /** Sends an attempt that has just begun, once the lock is free and the others agree. */
    void pass(Attempt attempt) {
        monitor.assertHeld();
        Mailbox mailbox = attempt.flight().mailbox();
        Optional<Coordination> coordination = coordinator.coordination();
        if (coordination.isEmpty()) {
            sendOnceSaved(attempt);
            return;
        }
        List<ScopeState> probed = scopes(attempt.target())
                .filter(scope -> scope.closure().isProbedBy(attempt.lease()))
                .toList();
        List<LimitUse> uses = uses(attempt.target(), attempt.lease().call().tokens());
        monitor.after(mailbox, () -> probe(attempt, coordination.get(), probed.iterator(), uses));
    }

    private static List<LimitUse> uses(Target target, TokenCount tokens) {
        List<LimitUse> uses = target.organization().shared().uses(tokens);
        uses.addAll(target.modelScope().shared().uses(tokens));
        return uses;
    }

    private static Stream<ScopeState> scopes(Target target) {
        return Stream.of(target.organization(), target.modelScope());
    }

    /** Only one of all processes looks whether something is open again. */
    private void probe(Attempt attempt, Coordination coordination, Iterator<ScopeState> probed, List<LimitUse> uses) {
        if (!probed.hasNext()) {
            reserve(attempt, coordination, uses);
            return;
        }
        ScopeState scope = probed.next();
        Duration lease = attempt.flight().route().settings().timeouts().whole();
        coordinator.ask(() -> coordination.claimProbe(scope.scope(), lease), true, ours -> {
            if (ours) {
                probe(attempt, coordination, probed, uses);
            } else {
                monitor.decide(() -> leaveToOthers(attempt, scope, lease));
            }
        });
    }

    private void leaveToOthers(Attempt attempt, ScopeState scope, Duration lease) {
        long now = timeline.nanoTime();
        scope.closure().probedElsewhere(now + Waits.nanos(lease));
        timeline.schedule(Waits.nanos(lease), wakeUp);
        attempt.sendBack(now);
    }

    private void reserve(Attempt attempt, Coordination coordination, List<LimitUse> uses) {
        if (uses.isEmpty()) {
            attempt.send();
            return;
        }
        coordinator.reserve(coordination, uses, reservation -> monitor.decide(() -> decide(attempt, reservation)));
    }

    private void decide(Attempt attempt, Reservation reservation) {
        if (reservation instanceof Reservation.Answered answered) {
            decide(attempt, answered.grant());
        } else if (reservation instanceof Reservation.Silence) {
            attempt.sendBack(timeline.nanoTime());
        } else {
            sendOnceSaved(attempt);
        }
    }

    /** No other process knows of the attempt, so a crash mustn't forget it. */
    private void sendOnceSaved(Attempt attempt) {
        Runnable send = () -> monitor.after(attempt.flight().mailbox(), attempt::send);
        saver.ifPresentOrElse(keeper -> keeper.whenSaved(attempt.target(), send), send);
    }

    private void decide(Attempt attempt, Grant grant) {
        if (grant instanceof Grant.Granted granted) {
            coordinator.granted();
            boolean wanted = attempt.granted(granted.id());
            monitor.after(
                    attempt.flight().mailbox(), wanted ? attempt::send : () -> tell(to -> to.release(granted.id())));
        } else if (grant instanceof Grant.Refused refused) {
            coordinator.refused();
            refuse(attempt, refused);
        }
    }

    private void refuse(Attempt attempt, Grant.Refused refused) {
        long now = timeline.nanoTime();
        scopes(attempt.target())
                .filter(scope -> scope.scope().equals(refused.by().scope()))
                .forEach(scope -> scope.shared().refused(refused.by(), now + Waits.nanos(refused.retryAfter()), now));
        attempt.sendBack(now);
    }

    /** An attempt has used what it reserved, or as many tokens as the service counted. The lock must be held. */
    void used(Attempt attempt, Optional<TokenCount> tokens, long now) {
        monitor.assertHeld();
        attempt.lease().end(tokens, now);
        List<LimitUse> uses =
                uses(attempt.target(), tokens.orElse(attempt.lease().call().tokens()));
        tenants.used(attempt.flight().prompt().tenant(), uses, now);
        attempt.takeGrant().ifPresent(grant -> {
            Duration sinceArrival = Duration.ofNanos(now - attempt.lease().arrivedBy(now));
            monitor.after(attempt.flight().mailbox(), () -> tell(to -> to.settle(grant, tokens, sinceArrival)));
        });
    }

    /** An attempt was never sent. The lock must be held. */
    void unused(Attempt attempt, long now) {
        monitor.assertHeld();
        attempt.lease().release(now);
        attempt.takeGrant()
                .ifPresent(grant -> monitor.after(attempt.flight().mailbox(), () -> tell(to -> to.release(grant))));
    }

    private void tell(Consumer<Coordination> notice) {
        coordinator.tell(notice);
    }
}
