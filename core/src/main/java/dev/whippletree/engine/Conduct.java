package dev.whippletree.engine;

import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the end of an attempt means: what is learned about its target, and what its flight does next. Guarded by the engine's lock.
 *
 * <p>A failure closes the scope the service names, or counts against the target's health; a caller's own mistake does neither.
 */
final class Conduct {

    private static final Logger LOG = LoggerFactory.getLogger(Conduct.class);

    /** Calls answered with a limit hit don't count as attempts, but there is an end to everything. */
    private static final int MOST_CALLS_A_TARGET = 20;

    private final Outcomes outcomes;
    private final Closures closures;
    private final Reaches reaches;
    private final Gate gate;
    private final TokenForecast forecast;
    private final CallReports reports;
    private final Timeline timeline;

    /** What becomes of the flight. */
    interface Outcomes {

        /** It has its answer. */
        void answered(Flight flight, Completion completion, long now);

        /** It has failed. */
        void failed(Flight flight, Reason reason, long now);

        /** Another answer has come than the one of which callers were told the beginning; those can't be told the rest. */
        void interrupted(Flight flight);

        /** Its attempt was never sent: it goes back to its place, as if it had never left it. */
        void back(Flight flight);

        /** It is to be tried again, now or after a pause, on the retry budget or not. */
        void again(Flight flight, long pauseNanos, boolean counted, long now);

        /** Something changed about a target, or its organization, that may let waiting flights begin. */
        void changed(Target target, long now);
    }

    Conduct(
            Outcomes outcomes,
            Closures closures,
            Reaches reaches,
            Gate gate,
            TokenForecast forecast,
            CallReports reports,
            Timeline timeline) {
        this.outcomes = outcomes;
        this.closures = closures;
        this.reaches = reaches;
        this.gate = gate;
        this.forecast = forecast;
        this.reports = reports;
        this.timeline = timeline;
    }

    /** The service said how its limits stand. */
    void reported(Attempt attempt, List<RateLimitReport> reports, long now) {
        Target target = attempt.target();
        attempt.lease().arrived(now);
        for (RateLimitReport report : reports) {
            reaches.reported(target, report.reach()).report(report, attempt.lease(), now);
        }
        outcomes.changed(target, now);
    }

    /** The answer is whole. */
    void answered(Attempt attempt, Completion completion, AnswerEnd end, long now) {
        if (isFault(attempt, completion)) {
            failed(attempt, Failure.of(FailureKind.UNAVAILABLE, "the service answered with nothing"), now);
            return;
        }
        Target target = attempt.target();
        long took = attempt.tookNanos(now);
        Flight flight = attempt.flight();
        OptionalLong counted =
                forecast.learn(flight.route(), target, flight.demand().admission(target), completion);
        gate.used(attempt, counted, now);
        target.health().succeeded(attempt.healthEpoch(), now);
        target.account().answered(target.model(), completion.usage().orElse(TokenUsage.NONE), took);
        ended(attempt, true);
        letIn(attempt, now);
        tellPickers(attempt, Picker.Outcome.ANSWERED, now);
        reports.ended(
                attempt, new ServiceCall.Answered(end.model(), end.finishReason(), completion.usage(), end.id()), now);
        outcomes.answered(flight, completion, now);
        outcomes.changed(target, now);
    }

    /** A model seldom has nothing to say: an empty answer is doubted once, if anything else can be tried and nobody was told any of it. */
    private static boolean isFault(Attempt attempt, Completion completion) {
        if (completion.finishReason() != FinishReason.STOP || !completion.isEmpty()) {
            return false;
        }
        Flight flight = attempt.flight();
        Target target = attempt.target();
        boolean lastAttempt = flight.attemptsOn(target) + 1
                >= flight.route().settings().retries().attemptsPerTarget();
        boolean anythingLeft = Candidates.ever(flight).stream().anyMatch(other -> other != target || !lastAttempt);
        boolean told = flight.subscriptions().stream().anyMatch(Subscription::wasTold);
        return anythingLeft && !told && flight.distrustEmptiness();
    }

    private void letIn(Attempt attempt, long now) {
        attempt.target().account().letIn(attempt);
        attempt.target().organization().letIn(attempt, now);
        attempt.target().modelScope().letIn(attempt, now);
        reaches.letIn(attempt.target(), attempt.beganNanos(), now);
    }

    /** It doesn't say again what callers were told of an earlier answer that broke off. */
    void differs(Attempt attempt) {
        outcomes.interrupted(attempt.flight());
    }

    /** Nobody wants the answer any longer. What wasn't sent isn't used. */
    void cancelled(Attempt attempt, long now) {
        if (attempt.times().hasBegun()) {
            gate.used(attempt, OptionalLong.empty(), now);
            reports.ended(attempt, new ServiceCall.Cancelled(), now);
        } else {
            gate.unused(attempt, now);
        }
        leave(attempt, now);
        outcomes.changed(attempt.target(), now);
    }

    /** The other processes don't let it pass. */
    void sentBack(Attempt attempt, long now) {
        gate.unused(attempt, now);
        attempt.target().account().sentBack();
        attempt.flight().sentBack();
        leave(attempt, now);
        outcomes.back(attempt.flight());
        outcomes.changed(attempt.target(), now);
    }

    /** It ended in a way that says nothing about the target. */
    private static void leave(Attempt attempt, long now) {
        Target target = attempt.target();
        target.health().ended(attempt.healthEpoch());
        target.ended(attempt, false);
        tellPickers(attempt, Picker.Outcome.CANCELLED, now);
    }

    private void ended(Attempt attempt, boolean proved) {
        attempt.target().ended(attempt, proved).forEach(closures::provedOpen);
    }

    /** There is no answer, or not all of it. */
    void failed(Attempt attempt, Failure failure, long now) {
        Flight flight = attempt.flight();
        Target target = attempt.target();
        Duration took = Duration.ofNanos(attempt.tookNanos(now));
        flight.breakOff();
        gate.used(attempt, OptionalLong.empty(), now);
        target.account().failed(failure);
        flight.failedAttempts().add(new AttemptReport(target.account().id(), target.model(), failure, took));
        tellPickers(attempt, outcome(failure), now);
        reports.ended(attempt, new ServiceCall.Failed(failure), now);
        ended(attempt, provesOpen(failure));
        learn(attempt, failure, now);
        decide(flight, target, failure, now);
        outcomes.changed(target, now);
    }

    /** A caller's mistake must not make the target look bad. */
    private static Picker.Outcome outcome(Failure failure) {
        return switch (failure.kind()) {
            case TOO_LARGE, FILTERED, REJECTED -> Picker.Outcome.REFUSED;
            case RATE_LIMITED, QUOTA_EXHAUSTED, UNAUTHORIZED, MODEL_UNAVAILABLE, OVERLOADED, UNAVAILABLE, TIMEOUT ->
                Picker.Outcome.FAILED;
        };
    }

    /** Returns whether a service that fails so has looked at the prompt, and so accepts the account. */
    private static boolean provesOpen(Failure failure) {
        return switch (failure.kind()) {
            case RATE_LIMITED, TOO_LARGE, FILTERED, REJECTED -> true;
            case QUOTA_EXHAUSTED, OVERLOADED, UNAVAILABLE, TIMEOUT, UNAUTHORIZED, MODEL_UNAVAILABLE -> false;
        };
    }

    private void learn(Attempt attempt, Failure failure, long now) {
        Target target = attempt.target();
        Health health = target.health();
        int epoch = attempt.healthEpoch();
        switch (failure.kind()) {
            case RATE_LIMITED -> {
                health.ended(epoch);
                closures.rateLimited(attempt, failure, timeline.random().nextDouble(), now);
            }
            case QUOTA_EXHAUSTED -> {
                health.ended(epoch);
                closures.exhausted(target, failure, now);
            }
            case UNAUTHORIZED -> {
                health.ended(epoch);
                closures.unauthorized(attempt, failure, now);
            }
            case MODEL_UNAVAILABLE -> {
                health.ended(epoch);
                closures.modelUnavailable(target, failure, now);
            }
            case OVERLOADED, UNAVAILABLE, TIMEOUT -> fail(target, epoch, failure, now);
            case TOO_LARGE, FILTERED, REJECTED -> health.succeeded(epoch, now);
        }
    }

    /** A service that says when to come back is left alone until then, by all prompts. */
    private void fail(Target target, int epoch, Failure failure, long now) {
        long least = floor(failure);
        boolean atOnce = failure.kind() == FailureKind.OVERLOADED || least > 0;
        if (target.health().failed(epoch, atOnce, least, failure.message(), now)) {
            closures.cooling(target, failure);
        }
    }

    private void decide(Flight flight, Target target, Failure failure, long now) {
        switch (failure.kind()) {
            case REJECTED -> outcomes.failed(flight, Reason.REJECTED, now);
            case FILTERED -> outcomes.failed(flight, Reason.FILTERED, now);
            case TOO_LARGE -> tooLarge(flight, target, now);
            case RATE_LIMITED, QUOTA_EXHAUSTED -> limited(flight, target, now);
            case UNAUTHORIZED, MODEL_UNAVAILABLE -> elsewhere(flight, target, failure, now);
            case OVERLOADED, TIMEOUT -> {
                flight.avoided().add(target);
                elsewhere(flight, target, failure, now);
            }
            case UNAVAILABLE -> unavailable(flight, target, failure, now);
        }
    }

    /** What is too large for a model is so on every account. */
    private void tooLarge(Flight flight, Target target, long now) {
        flight.route().targets().stream()
                .filter(other -> other.model().equals(target.model()))
                .forEach(flight.barred()::add);
        if (Candidates.ever(flight).isEmpty()) {
            outcomes.failed(flight, Reason.TOO_LARGE, now);
        } else {
            while (Candidates.eligible(flight).isEmpty() && Candidates.canWiden(flight)) {
                flight.widen();
            }
            outcomes.again(flight, 0, false, now);
        }
    }

    private void limited(Flight flight, Target target, long now) {
        if (flight.failuresOn(target) >= MOST_CALLS_A_TARGET) {
            flight.barred().add(target);
        }
        if (Candidates.ever(flight).isEmpty()) {
            outcomes.failed(flight, Reason.ATTEMPTS_EXHAUSTED, now);
        } else {
            outcomes.again(flight, 0, false, now);
        }
    }

    /** The same tier once more, then the next as well. */
    private void unavailable(Flight flight, Target target, Failure failure, long now) {
        long failures = flight.failedAttempts().stream()
                .filter(report -> report.failure().kind() == FailureKind.UNAVAILABLE)
                .count();
        boolean another = Candidates.eligible(flight).stream()
                .anyMatch(other -> other != target && Waits.isKnown(other.openingNanos(now)));
        if (another) {
            flight.avoided().add(target);
        }
        boolean tooLong = floor(failure) > Waits.nanos(flight.route().settings().patience());
        if ((failures > 1 || tooLong)
                && flight.eligibleTiers() < flight.route().tiers().size()) {
            flight.widen();
        }
        elsewhere(flight, target, failure, now);
    }

    /** Tries another target, or after a pause the same one if there is no other. */
    private void elsewhere(Flight flight, Target target, Failure failure, long now) {
        flight.countAttempt(target);
        Retries retries = flight.route().settings().retries();
        if (flight.attemptsOn(target) >= retries.attemptsPerTarget()) {
            flight.barred().add(target);
        }
        if (Candidates.ever(flight).isEmpty()) {
            outcomes.failed(flight, Reason.ATTEMPTS_EXHAUSTED, now);
            return;
        }
        // A target that is closed for a time nobody knows isn't worth a pause: the flight may fail at once.
        boolean onlyTheSame = Candidates.ever(flight).stream()
                .filter(other -> other.openingNanos(now) != Waits.UNKNOWN)
                .toList()
                .equals(List.of(target));
        long pause = onlyTheSame
                ? Backoff.nanos(
                        flight.attemptsOn(target) - 1,
                        retries,
                        failure.retryAfter().orElse(Duration.ZERO),
                        timeline.random())
                : 0;
        outcomes.again(flight, pause, true, now);
    }

    /** Returns how long the service said to wait, 0 if it didn't. */
    private static long floor(Failure failure) {
        return Waits.nanos(failure.retryAfter().orElse(Duration.ZERO));
    }

    private static void tellPickers(Attempt attempt, Picker.Outcome outcome, long now) {
        Target target = attempt.target();
        for (Picker picker : attempt.flight().route().pickersOf(target)) {
            tell(picker, target, outcome, attempt.tookNanos(now), now);
        }
    }

    private static void tell(Picker picker, Target target, Picker.Outcome outcome, long tookNanos, long now) {
        try {
            picker.ended(target.id(), outcome, tookNanos, now);
        } catch (Throwable e) {
            // A strategy that can't learn still picks; that it can't is its own loss.
            LOG.debug("A balancing strategy failed to learn", e);
        }
    }
}
