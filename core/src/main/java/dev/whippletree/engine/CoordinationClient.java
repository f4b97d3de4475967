package dev.whippletree.engine;

import dev.whippletree.engine.pool.Topology.OpenCoordination;
import dev.whippletree.engine.run.PluginCall;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the coordinator that connects the processes over the same accounts, and counts its answers and faults. After
 * a fault the engine continues as if this process were alone. Thread-safe; never blocks.
 */
final class CoordinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(CoordinationClient.class);

    /** A working coordinator answers much sooner, even when it is cut off; this timeout is for a broken one. */
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(1).toNanos();

    /** For reservations: a call without one may exceed a limit, so even a very slow answer is awaited. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private final OpenCoordination open;
    private final Timeline timeline;
    private final PluginCall calls;
    private final PluginCall patientCalls;
    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong leftToOthers = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final PluginFaults log;

    /** Since when reservations time out without any answer; guarded by this. */
    private OptionalLong silentSinceNanos = OptionalLong.empty();

    /** Whether a reservation requested after that timed out too: then no answer is expected any more. */
    private volatile boolean broken;

    CoordinationClient(OpenCoordination open, Timeline timeline) {
        this.open = open;
        this.timeline = timeline;
        this.log = new PluginFaults(timeline);
        this.calls = new PluginCall(timeline, TIMEOUT_NANOS);
        this.patientCalls = new PluginCall(timeline, PATIENCE_NANOS);
    }

    /** Claims the probe of a closed scope. Without an answer, this process probes it too. */
    void claimProbe(Scope scope, Duration lease, Consumer<Boolean> outcome) {
        calls.ask(() -> open.coordination().claimProbe(scope, lease), true, this::fault, outcome);
    }

    /**
     * Claims a question's call. A claim that comes too late is ended, because its call is made without it.
     *
     * @param outcome gets the claim, or nothing if there is no answer; exactly once
     */
    void claim(CacheKey key, Consumer<Optional<Claim>> outcome) {
        calls.<Optional<Claim>>askAndHearLate(
                () -> open.coordination().claim(key).thenApply(Optional::of),
                failure -> {
                    fault(failure);
                    return Optional.empty();
                },
                late -> late.ifPresent(this::end),
                claim -> {
                    claim.ifPresent(this::count);
                    outcome.accept(claim);
                });
    }

    private void count(Claim claim) {
        if (claim instanceof Claim.Others) {
            leftToOthers.incrementAndGet();
        } else if (claim instanceof Claim.Ours ours && ours.agreed()) {
            claimed.incrementAndGet();
        }
    }

    /** Ends a claim that isn't needed, if it is this process's. */
    void end(Claim claim) {
        if (claim instanceof Claim.Ours ours) {
            tell(unused -> ours.end().run());
        }
    }

    /**
     * Requests a reservation. One that is granted too late is released, because its attempt has gone back by then.
     *
     * @param outcome gets the result, exactly once
     */
    void reserve(List<LimitUse> uses, TenantTurn turn, Consumer<Reservation> outcome) {
        long askedNanos = timeline.nanoTime();
        PluginCall call = broken ? calls : patientCalls;
        call.<Reservation>askAndHearLate(
                () -> open.coordination()
                        .reserve(uses, turn)
                        .whenComplete((grant, failure) -> heard())
                        .thenApply(Reservation.Replied::new),
                failure -> unanswered(askedNanos, failure),
                this::releaseLate,
                reservation -> {
                    count(reservation);
                    outcome.accept(reservation);
                });
    }

    private void count(Reservation reservation) {
        if (reservation instanceof Reservation.Replied replied) {
            (replied.grant() instanceof Grant.Granted ? granted : refused).incrementAndGet();
        }
    }

    private Reservation unanswered(long askedNanos, Throwable reason) {
        fault(reason);
        if (reason instanceof PluginCall.SilenceException) {
            noteSilence(askedNanos);
            return broken ? new Reservation.NoAnswer() : new Reservation.Silence();
        }
        return new Reservation.NoAnswer();
    }

    private synchronized void noteSilence(long askedNanos) {
        if (silentSinceNanos.isEmpty()) {
            silentSinceNanos = OptionalLong.of(timeline.nanoTime());
        } else if (askedNanos - silentSinceNanos.getAsLong() >= 0) {
            broken = true;
        }
    }

    private synchronized void heard() {
        silentSinceNanos = OptionalLong.empty();
        broken = false;
    }

    private void releaseLate(Reservation late) {
        if (late instanceof Reservation.Replied answered && answered.grant() instanceof Grant.Granted granted) {
            tell(to -> to.release(granted.id()));
        }
    }

    /** Sends a notice; a failure is counted. */
    void tell(Consumer<Coordination> notice) {
        try {
            notice.accept(open.coordination());
        } catch (Throwable e) {
            fault(e);
        }
    }

    private void fault(Throwable cause) {
        faults.incrementAndGet();
        log.log(LOG, open.name(), cause, "The coordinator failed: " + PluginFaults.words(cause));
    }

    StatusSnapshot.CoordinatorStatus status() {
        CoordinationStatus now = statusNow();
        return new StatusSnapshot.CoordinatorStatus(
                open.name(),
                now.connected(),
                now.processes(),
                granted.get(),
                now.alone(),
                refused.get(),
                claimed.get(),
                leftToOthers.get(),
                faults.get(),
                now.problem(),
                now.remarks());
    }

    /** Returns what {@link Coordination#left} says of each limit, of those of which the coordinator knows it. */
    Map<LimitUse, Long> left(List<LimitUse> limits) {
        Map<LimitUse, Long> left = new HashMap<>();
        try {
            limits.forEach(limit -> open.coordination().left(limit).ifPresent(amount -> left.put(limit, amount)));
        } catch (Throwable e) {
            fault(e);
        }
        return left;
    }

    private CoordinationStatus statusNow() {
        try {
            return Objects.requireNonNull(open.coordination().status(), "a coordinator gave no status");
        } catch (Throwable e) {
            fault(e);
            return new CoordinationStatus(false, 0, 0, Optional.of("the coordinator can't report its status"));
        }
    }

    /** The result of asking the other processes whether an attempt may be sent. */
    sealed interface Reservation {

        /** The coordinator answered. */
        record Replied(Grant grant) implements Reservation {

            public Replied {
                Objects.requireNonNull(grant, "grant");
            }
        }

        /** No answer yet. Don't send: the local count ignores other processes. */
        record Silence() implements Reservation {}

        /** The coordinator is broken: this process continues by its own count. */
        record NoAnswer() implements Reservation {}
    }
}
