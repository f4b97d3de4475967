package dev.whippletree.engine;

import dev.whippletree.engine.pool.Topology.OpenCoordination;
import dev.whippletree.engine.run.PluginCall;
import dev.whippletree.model.ShownText;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the coordinator that connects the processes over the same accounts, and counts its answers and its faults. After a fault the engine goes
 * on as if this process were alone. Thread-safe; never blocks.
 */
final class CoordinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(CoordinationClient.class);

    /** A coordination answers much sooner, with what it knows when it is cut off; this is for one that is broken. */
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(1).toNanos();

    /** For a reservation: who leaves without one may exceed a limit, so even a very slow answer is waited for. */
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

    /** When a reservation was first waited for in vain, and nothing has been heard since; guarded by this. */
    private OptionalLong silentSinceNanos = OptionalLong.empty();

    /** Whether one that was asked for after that was waited for in vain too: nothing is to be expected any more. */
    private volatile boolean broken;

    CoordinationClient(OpenCoordination open, Timeline timeline) {
        this.open = open;
        this.timeline = timeline;
        this.calls = new PluginCall(timeline, TIMEOUT_NANOS);
        this.patientCalls = new PluginCall(timeline, PATIENCE_NANOS);
    }

    /** Returns the way to them. */
    Coordination coordination() {
        return open.coordination();
    }

    /** Asks them something; the substitute takes the place of an answer that doesn't come. */
    <T> void ask(Supplier<CompletionStage<T>> question, T substitute, Consumer<T> outcome) {
        calls.ask(question, substitute, this::fault, outcome);
    }

    /**
     * Asks for a reservation. What is granted too late is released: the attempt that it was for has gone back by then.
     *
     * @param outcome is told exactly once what came of it
     */
    void reserve(Coordination coordination, List<LimitUse> uses, Consumer<Reservation> outcome) {
        long askedNanos = timeline.nanoTime();
        PluginCall call = broken ? calls : patientCalls;
        call.askAndHearLate(
                () -> coordination
                        .reserve(uses)
                        .whenComplete((grant, failure) -> heard())
                        .thenApply(Reservation.Answered::new),
                failure -> unanswered(askedNanos, failure),
                this::releaseLate,
                outcome);
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
        if (late instanceof Reservation.Answered answered && answered.grant() instanceof Grant.Granted granted) {
            tell(to -> to.release(granted.id()));
        }
    }

    /** Tells them something. */
    void tell(Consumer<Coordination> notice) {
        try {
            notice.accept(coordination());
        } catch (Throwable e) {
            fault(e);
        }
    }

    private void fault(Throwable cause) {
        faults.incrementAndGet();
        LOG.debug("The coordinator failed: {}", ShownText.line(String.valueOf(cause)));
    }

    void granted() {
        granted.incrementAndGet();
    }

    void refused() {
        refused.incrementAndGet();
    }

    void claimed() {
        claimed.incrementAndGet();
    }

    void leftToOthers() {
        leftToOthers.incrementAndGet();
    }

    /** Returns how it stands with them. */
    StatusSnapshot.Coordination status() {
        CoordinationStatus now = statusNow();
        return new StatusSnapshot.Coordination(
                open.name(),
                now.connected(),
                now.processes(),
                granted.get(),
                now.alone(),
                refused.get(),
                claimed.get(),
                leftToOthers.get(),
                faults.get(),
                now.problem());
    }

    private CoordinationStatus statusNow() {
        try {
            return coordination().status();
        } catch (Throwable e) {
            fault(e);
            return new CoordinationStatus(false, 0, 0, Optional.of("the coordinator can't report its status"));
        }
    }

    /** What came of asking the other processes whether an attempt may be sent. */
    sealed interface Reservation {

        /**
         * They have answered.
         *
         * @param grant whether it may be sent
         */
        record Answered(Grant grant) implements Reservation {

            public Answered {
                Objects.requireNonNull(grant, "grant");
            }
        }

        /** Nothing has come yet. That is no leave to send: this process's own count allows it all of what it shares. */
        record Silence() implements Reservation {}

        /** Nobody can answer for the others: this process goes on by its own count. */
        record NoAnswer() implements Reservation {}
    }
}
