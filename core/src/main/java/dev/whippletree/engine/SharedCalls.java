package dev.whippletree.engine;

import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginCall;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.spi.Claim;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Lets only one process make the call for a question that several ask at once. Thread-safe; never blocks.
 *
 * <p>A flight without a cached answer claims its question. If another process holds the claim, the flight waits until
 * that process has stored its answer, has given up or has died, and then looks again. The other's call may wait in line
 * there, and its answer may be one that isn't stored; so when a flight has waited for as long as a call may take, it
 * goes on without a claim. The flight that gets the claim looks once more if another process may have stored the answer
 * and ended its claim since the flight last looked. If the coordinator doesn't answer, it doesn't look again at once,
 * because the shared cache would most likely keep it waiting too. But a flight that then waits in line, or of which a
 * shared cache said nothing, claims and looks once more when its turn has come.
 */
final class SharedCalls {

    /** Before claiming again what a coordinator says has ended already. */
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final CoordinationClient coordinator;
    private final CacheTiers caches;
    private final Monitor monitor;
    private final Timeline timeline;
    private final BiConsumer<Flight, Optional<CacheTiers.Found>> outcome;

    /**
     * Creates one.
     *
     * @param outcome gets a flight that was looked up, with what another process has stored, or nothing if this process
     *     is to make the call; perhaps not called if the flight ends first
     */
    SharedCalls(
            CoordinationClient coordinator,
            CacheTiers caches,
            Monitor monitor,
            Timeline timeline,
            BiConsumer<Flight, Optional<CacheTiers.Found>> outcome) {
        this.coordinator = coordinator;
        this.caches = caches;
        this.monitor = monitor;
        this.timeline = timeline;
        this.outcome = outcome;
    }

    /**
     * Finds out whether a flight has to make a call.
     *
     * @param lookedNanos a time before the caches were asked for the answer
     */
    void settle(Flight flight, long lookedNanos) {
        if (!caches.isShared() || !flight.prompt().cache().store()) {
            outcome.accept(flight, Optional.empty());
            return;
        }
        claim(flight, lookedNanos, longestWait(flight));
    }

    private long longestWait(Flight flight) {
        return timeline.nanoTime()
                + Waits.nanos(flight.route().settings().timeouts().longest(false));
    }

    /**
     * Finds out the same for a flight whose turn has come, if a cache or the coordinator hadn't answered about it.
     *
     * @param elsewhere gets nothing if this process is to make the call, or else what the flight goes on with, out of
     *     the line; exactly once
     */
    void settleAgain(Flight flight, Consumer<Optional<Runnable>> elsewhere) {
        if (!flight.prompt().cache().store() || monitor.decide(flight::isClaimed)) {
            lookOnce(flight, elsewhere);
            return;
        }
        // The others may know of a claim that they didn't answer, and this flight isn't to wait for its own.
        monitor.decide(flight::takeClaim).ifPresent(Runnable::run);
        claim(
                flight,
                others -> elsewhere.accept(Optional.of(() -> await(flight, others, longestWait(flight)))),
                ours -> lookOnce(flight, elsewhere));
    }

    private void lookOnce(Flight flight, Consumer<Optional<Runnable>> elsewhere) {
        caches.findOfOthers(
                flight.key(),
                found -> elsewhere.accept(found.map(there -> () -> outcome.accept(flight, Optional.of(there)))));
    }

    private void claim(Flight flight, long lookedNanos, long untilNanos) {
        if (!monitor.decide(() -> flight.stage() == Flight.Stage.LOOKING_UP)) {
            return;
        }
        claim(flight, others -> await(flight, others, untilNanos), ours -> {
            if (ours.isEmpty()) {
                monitor.decide(flight::doubt);
            }
            if (ours.filter(claim -> claim.agreed() && mayHaveMissed(claim, lookedNanos))
                    .isPresent()) {
                caches.findOfOthers(flight.key(), found -> outcome.accept(flight, found));
            } else {
                outcome.accept(flight, Optional.empty());
            }
        });
    }

    /** Claims the call. Keeps this process's own claim first; without an answer there is none. */
    private void claim(Flight flight, Consumer<Claim.Others> others, Consumer<Optional<Claim.Ours>> ours) {
        coordinator.claim(flight.key(), answer -> {
            if (answer.isPresent() && answer.get() instanceof Claim.Others held) {
                others.accept(held);
            } else {
                Optional<Claim.Ours> own = answer.map(Claim.Ours.class::cast);
                own.ifPresent(claim -> keep(flight, claim));
                ours.accept(own);
            }
        });
    }

    private boolean mayHaveMissed(Claim.Ours ours, long lookedNanos) {
        return ours.sinceEnd().compareTo(Duration.ofNanos(timeline.nanoTime() - lookedNanos)) <= 0;
    }

    private void keep(Flight flight, Claim.Ours ours) {
        boolean kept = monitor.decide(() -> flight.claim(() -> coordinator.end(ours), ours.agreed()));
        if (!kept) {
            coordinator.end(ours);
        }
    }

    private void await(Flight flight, Claim.Others others, long untilNanos) {
        long sinceNanos = timeline.nanoTime();
        PluginCall wait = new PluginCall(timeline, untilNanos - sinceNanos);
        wait.ask(
                () -> others.ended().thenApply(ended -> true),
                true,
                failure -> {},
                over -> lookAgain(flight, sinceNanos, untilNanos));
    }

    private void lookAgain(Flight flight, long sinceNanos, long untilNanos) {
        long lookedNanos = timeline.nanoTime();
        caches.findOfOthers(flight.key(), found -> {
            if (found.isPresent() || lookedNanos - untilNanos >= 0) {
                outcome.accept(flight, found);
            } else if (lookedNanos - sinceNanos < PAUSE_NANOS) {
                // At once, it would be asked without end, and each time from within its answer before.
                timeline.schedule(PAUSE_NANOS, () -> claim(flight, lookedNanos, untilNanos));
            } else {
                claim(flight, lookedNanos, untilNanos);
            }
        });
    }
}
