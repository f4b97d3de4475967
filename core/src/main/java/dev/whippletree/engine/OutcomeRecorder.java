package dev.whippletree.engine;

import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Attempt.AttemptOutcome;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Health;
import dev.whippletree.engine.pool.Lease;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.CallUse;
import dev.whippletree.engine.scope.ScopeResolver;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what an attempt shows about its target: its limits, tokens, health and latency, and whether it is open. Ends
 * the attempt's lease. Guarded by the engine's lock.
 *
 * <p>A failure closes the scope that the service names, or counts against the target's health; a caller's own mistake
 * does neither.
 */
final class OutcomeRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeRecorder.class);
    private static final long LONGEST_REST_NANOS = Duration.ofHours(1).toNanos();

    private final ScopeClosures closures;
    private final Optional<Gate> gate;
    private final Tally tally;
    private final TokenForecast forecast;
    private final Listeners listeners;
    private final Monitor monitor;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final PluginFaults pickerFaults;

    OutcomeRecorder(
            ScopeClosures closures,
            Optional<Gate> gate,
            Tally tally,
            TokenForecast forecast,
            Listeners listeners,
            Monitor monitor,
            Timeline timeline) {
        this.closures = closures;
        this.gate = gate;
        this.tally = tally;
        this.forecast = forecast;
        this.listeners = listeners;
        this.monitor = monitor;
        this.timeline = timeline;
        this.random = timeline.random();
        this.pickerFaults = new PluginFaults(timeline);
    }

    void reported(Attempt attempt, List<RateLimitReport> reported, long now) {
        CallUse call = attempt.lease().call();
        call.arrived(now);
        for (RateLimitReport report : reported) {
            Reach said = attempt.lease().limitScope(report.reach());
            call.report(ScopeResolver.reported(call, report, said, now), report, now);
        }
    }

    /**
     * Records that the service admitted an attempt: at the first piece of a streamed answer, and at the end of any
     * answer.
     */
    void admitted(Attempt attempt, long now) {
        attempt.target().works(now);
        if (attempt.lease().admitted(now)) {
            ScopeResolver.admitted(attempt.lease().call(), now);
        }
    }

    void ended(Attempt attempt, AttemptOutcome outcome, long now) {
        if (outcome instanceof AttemptOutcome.AttemptAnswered answered) {
            answered(attempt, answered, now);
        } else if (outcome instanceof AttemptOutcome.AttemptFailed failed) {
            failed(attempt, failed.failure(), now);
        } else if (outcome instanceof AttemptOutcome.AttemptCancelled) {
            cancelled(attempt, now);
        } else if (outcome instanceof AttemptOutcome.SentBack back) {
            if (back.used()) {
                used(attempt, Optional.empty(), now);
            } else {
                unused(attempt, now);
            }
            attempt.target().account().sentBack();
            leave(attempt, now);
        }
    }

    private void answered(Attempt attempt, AttemptOutcome.AttemptAnswered answered, long now) {
        Target target = attempt.target();
        Completion completion = answered.completion();
        long took = attempt.tookNanos(now);
        Flight flight = attempt.flight();
        Optional<TokenCount> counted =
                forecast.learn(flight.route(), attempt.lease(), flight.demand().admission(target), completion, now);
        used(attempt, counted, now);
        accepted(attempt, now);
        flight.silentBeside(attempt, took).ifPresent(Target::answeredElsewhere);
        if (!attempt.streaming()) {
            target.answered(took);
        }
        target.account().answered(target.model(), completion.usage().orElse(TokenUsage.NONE), took);
        endProbes(attempt, true);
        admitted(attempt, now);
        tellPickers(attempt, Picker.Outcome.ANSWERED, now);
        report(
                attempt,
                new ServiceCall.Answered(
                        answered.end().model(),
                        answered.end().finishReason(),
                        completion.usage(),
                        answered.end().id()),
                now);
    }

    /**
     * Ends the lease of an attempt that was made: with the tokens that the service counted, else with all it reserved.
     */
    private void used(Attempt attempt, Optional<TokenCount> tokens, long now) {
        attempt.lease().end(tokens, now);
        List<LimitUse> uses =
                attempt.target().sharedUses(tokens.orElse(attempt.lease().call().tokens()));
        tally.tenants().used(attempt.flight().prompt().tenant(), uses, now);
        gate.ifPresent(others -> others.used(attempt, tokens, now));
    }

    private void unused(Attempt attempt, long now) {
        attempt.lease().release(now);
        gate.ifPresent(others -> others.unused(attempt));
    }

    private void report(Attempt attempt, ServiceCall.CallEnd end, long now) {
        if (listeners.isEmpty()) {
            return;
        }
        Flight flight = attempt.flight();
        Account account = attempt.target().account();
        Duration took = Duration.ofNanos(attempt.times().tookNanos(now));
        ServiceCall call = new ServiceCall(
                account.id(),
                account.settings().provider(),
                attempt.target().model(),
                flight.prompt(),
                attempt.streaming(),
                timeline.now().minus(took),
                took,
                attempt.times().firstPiece(),
                end);
        monitor.after(flight.mailbox(), () -> flight.hearer().accept(call));
    }

    private void accepted(Attempt attempt, long now) {
        Target target = attempt.target();
        boolean wasOut = target.isOut();
        target.accepted(attempt.lease(), attempt.flight().prompt().tenant(), now);
        if (wasOut && !target.isOut()) {
            closures.recovered(target);
        }
    }

    /** A call that was never sent uses nothing. */
    private void cancelled(Attempt attempt, long now) {
        if (attempt.times().hasBegun()) {
            used(attempt, Optional.empty(), now);
            report(attempt, new ServiceCall.Cancelled(), now);
        } else {
            unused(attempt, now);
        }
        leave(attempt, now);
    }

    /** Ends an attempt that says nothing about its target. */
    private void leave(Attempt attempt, long now) {
        Target target = attempt.target();
        target.health().ended(attempt.lease().health());
        target.ended(attempt.lease(), false);
        tellPickers(attempt, Picker.Outcome.CANCELLED, now);
    }

    private void endProbes(Attempt attempt, boolean proved) {
        attempt.target().ended(attempt.lease(), proved).forEach(closures::provedOpen);
    }

    private void failed(Attempt attempt, Failure failure, long now) {
        Target target = attempt.target();
        Duration took = Duration.ofNanos(attempt.tookNanos(now));
        used(attempt, Optional.empty(), now);
        target.account().failed(failure);
        attempt.flight().failedAttempts().add(new AttemptReport(target.account().id(), target.model(), failure, took));
        tellPickers(attempt, outcome(failure), now);
        report(attempt, new ServiceCall.Failed(failure), now);
        boolean open = provesOpen(failure);
        if (open) {
            target.works(now);
        }
        endProbes(attempt, open);
        learn(attempt, failure, now);
    }

    /** A caller's mistake doesn't count against the target. */
    private static Picker.Outcome outcome(Failure failure) {
        return switch (failure.kind()) {
            case TOO_LARGE, FILTERED, REJECTED -> Picker.Outcome.REFUSED;
            case RATE_LIMITED, QUOTA_EXHAUSTED, UNAUTHORIZED, MODEL_UNAVAILABLE, OVERLOADED, UNAVAILABLE, TIMEOUT ->
                Picker.Outcome.FAILED;
        };
    }

    /** Returns whether the failure shows that the service accepts the account: it has looked at the prompt. */
    private static boolean provesOpen(Failure failure) {
        return switch (failure.kind()) {
            case RATE_LIMITED, TOO_LARGE, FILTERED, REJECTED -> true;
            case QUOTA_EXHAUSTED, OVERLOADED, UNAVAILABLE, TIMEOUT, UNAUTHORIZED, MODEL_UNAVAILABLE -> false;
        };
    }

    private void learn(Attempt attempt, Failure failure, long now) {
        Lease lease = attempt.lease();
        Target target = lease.target();
        Health health = target.health();
        Health.Begun begun = lease.health();
        if (failure.reach() == Reach.PROMPT) {
            health.ended(begun);
            doubt(attempt, failure, now);
            return;
        }
        Admission admission = attempt.flight().demand().admission(target);
        switch (failure.kind()) {
            case RATE_LIMITED -> {
                health.ended(begun);
                forecast.refused(lease, admission);
                closures.rateLimited(lease, failure, random.nextDouble(), now);
            }
            case QUOTA_EXHAUSTED -> {
                health.ended(begun);
                forecast.refused(lease, admission);
                closures.exhausted(lease, failure, now);
            }
            case UNAUTHORIZED -> {
                health.ended(begun);
                closures.unauthorized(lease, failure, now);
            }
            case MODEL_UNAVAILABLE -> {
                health.ended(begun);
                closures.closed(lease, failure, now);
            }
            case OVERLOADED, UNAVAILABLE, TIMEOUT -> countFailure(target, begun, failure, now);
            case TOO_LARGE, FILTERED, REJECTED -> accepted(attempt, now);
        }
    }

    private void doubt(Attempt attempt, Failure failure, long now) {
        Lease lease = attempt.lease();
        Flight flight = attempt.flight();
        Set<Target> others = flight.options().refusing();
        if (attempt.target().isAtFault(lease, flight.prompt().tenant(), others, now)) {
            closures.doubted(lease, failure, now);
        }
    }

    /** No prompt calls a service before the time that it asked for, but after an hour at most it is probed. */
    private void countFailure(Target target, Health.Begun begun, Failure failure, long now) {
        long least = Math.min(Waits.nanos(failure.retryAfter().orElse(Duration.ZERO)), LONGEST_REST_NANOS);
        boolean overloaded = failure.kind() == FailureKind.OVERLOADED;
        boolean wasOut = target.isOut();
        if (target.health().failed(begun, overloaded, least, failure.message(), now)) {
            closures.cooling(target, failure, wasOut);
        }
    }

    private void tellPickers(Attempt attempt, Picker.Outcome outcome, long now) {
        Target target = attempt.target();
        Route route = attempt.flight().route();
        for (Picker picker : route.pickersOf(target)) {
            try {
                picker.ended(target.id(), outcome, attempt.tookNanos(now), now);
            } catch (Throwable e) {
                // A strategy that fails here can still pick.
                String strategy = route.settings().strategy();
                String what = "Strategy " + strategy + " failed when told an outcome";
                monitor.announce(() -> pickerFaults.log(LOG, strategy, e, what));
            }
        }
    }
}
