package dev.whippletree.engine.flight;

import dev.whippletree.engine.flight.Attempt.AttemptOutcome;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.Retries;
import dev.whippletree.spi.Admission;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Decides what a flight does after an attempt: whether it tries again, where, and after what pause. Changes nothing but
 * the targets that the flight may use, and the maximum tokens that it is sent with. Guarded by the engine's lock.
 */
public final class FailurePolicy {

    /**
     * Most refusals by a limit on one target, without those of calls made when the service had said. They don't count
     * as attempts.
     */
    private static final int MOST_REFUSALS = 20;

    /** Most failed calls of a flight on one target, refusals by limits included. */
    private static final int MOST_CALLS_A_TARGET = 100;

    /** Most timeouts of a flight on all targets together. */
    private static final int MOST_TIMEOUTS = 2;

    private static final int MOST_DOUBLINGS = 30;

    private static final NextStep NOW = new NextStep.TryAgain(0, false);
    private static final Failure EMPTY = Failure.of(FailureKind.UNAVAILABLE, "the service sent an empty answer");

    private final RandomGenerator random;

    public FailurePolicy(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Returns the outcome to act on. A flight's first empty answer counts as a failure if another attempt is possible
     * and no caller has received any of it: a model seldom has nothing to say.
     */
    public AttemptOutcome judge(Attempt attempt, AttemptOutcome outcome) {
        boolean isFault =
                outcome instanceof AttemptOutcome.AttemptAnswered answered && isFault(attempt, answered.completion());
        return isFault ? new AttemptOutcome.AttemptFailed(EMPTY) : outcome;
    }

    private static boolean isFault(Attempt attempt, Completion completion) {
        if (completion.finishReason() == FinishReason.LENGTH || !completion.isEmpty()) {
            return false;
        }
        Flight flight = attempt.flight();
        Target target = attempt.target();
        boolean lastAttempt = flight.options().attemptsOn(target) + 1
                >= flight.route().settings().retries().attemptsPerTarget();
        boolean anythingLeft = flight.options().ever().stream().anyMatch(other -> other != target || !lastAttempt);
        return anythingLeft && !flight.subscribers().anyTold() && flight.distrustEmptiness();
    }

    public NextStep next(Attempt attempt, AttemptOutcome outcome, long now) {
        if (outcome instanceof AttemptOutcome.AttemptAnswered answered) {
            return new NextStep.Land(answered.completion());
        }
        if (outcome instanceof AttemptOutcome.AttemptFailed failed) {
            return next(attempt, failed.failure(), now);
        }
        return outcome instanceof AttemptOutcome.SentBack back
                ? new NextStep.GoBack(back.elsewhere())
                : new NextStep.Nothing();
    }

    @SuppressWarnings("ReferenceEquality")
    private NextStep next(Attempt attempt, Failure failure, long now) {
        Flight flight = attempt.flight();
        Target target = attempt.target();
        if (failure.reach() == Reach.PROMPT) {
            return perhapsItself(flight, target, now);
        }
        return switch (failure.kind()) {
            case REJECTED -> new NextStep.Fail(Reason.REJECTED);
            case FILTERED -> new NextStep.Fail(Reason.FILTERED);
            case TOO_LARGE -> tooLarge(flight, target);
            case RATE_LIMITED, QUOTA_EXHAUSTED -> limited(flight, target, failure, now);
            case UNAUTHORIZED, MODEL_UNAVAILABLE -> elsewhere(attempt, failure, now);
            case OVERLOADED -> avoiding(attempt, failure, now);
            case TIMEOUT -> timedOut(attempt, failure, now);
            case UNAVAILABLE -> failure == EMPTY ? avoiding(attempt, failure, now) : unavailable(attempt, failure, now);
        };
    }

    private NextStep avoiding(Attempt attempt, Failure failure, long now) {
        attempt.flight().options().avoid(attempt.target());
        return elsewhere(attempt, failure, now);
    }

    /** Tries the next tier before equals of a silent target; nothing after a second timeout. A late call is none. */
    private NextStep timedOut(Attempt attempt, Failure failure, long now) {
        TargetOptions options = attempt.flight().options();
        if (attempt.flight().cutOff().equals(Optional.of(attempt))) {
            options.avoid(attempt.target());
            return new NextStep.TryAgain(0, true);
        }
        options.avoidTierOf(attempt.target());
        int timeouts = options.countTimeout(attempt.lease(), mayBeOutage(attempt, failure), now);
        NextStep next = elsewhere(attempt, failure, now);
        return timeouts < MOST_TIMEOUTS ? next : new NextStep.Fail(Reason.ATTEMPTS_EXHAUSTED);
    }

    /**
     * Tries other targets that are or will be open. If none answers, the flight fails with the service's words, unless
     * that service has never answered.
     */
    private static NextStep perhapsItself(Flight flight, Target target, long now) {
        flight.options().refusedBy(target);
        Reason reason = target.health().hasAnswered() ? Reason.REJECTED : Reason.NO_ACCOUNT;
        return flight.options().ever().stream().allMatch(other -> other.openingNanos(now) == Waits.UNKNOWN)
                ? new NextStep.Fail(reason)
                : elsewhereAtOnce(flight, reason);
    }

    /**
     * Tries other models, because a prompt too large for a model is so on every account. But a service may have counted
     * more for an answer without a maximum than its limit allows: if no other model can answer, an answer that may be
     * cut is better than none.
     */
    private static NextStep tooLarge(Flight flight, Target target) {
        TargetOptions options = flight.options();
        OptionalInt maximum = largestMaximum(flight, target);
        if (maximum.isPresent()
                && options.ever().stream().allMatch(other -> other.model().equals(target.model()))) {
            flight.bound(maximum.getAsInt());
            return NOW;
        }
        flight.route().targets().stream()
                .filter(other -> other.model().equals(target.model()))
                .forEach(options::bar);
        return elsewhereAtOnce(flight, Reason.TOO_LARGE);
    }

    private static NextStep elsewhereAtOnce(Flight flight, Reason otherwise) {
        TargetOptions options = flight.options();
        if (options.ever().isEmpty()) {
            return new NextStep.Fail(otherwise);
        }
        while (options.eligible().isEmpty() && options.canWiden()) {
            options.widen();
        }
        return NOW;
    }

    /**
     * Returns the largest maximum that fits the limits, for a prompt without one whose service may have counted more;
     * half of it if that was still too much, because the prompt may be far longer than estimated.
     */
    private static OptionalInt largestMaximum(Flight flight, Target target) {
        OptionalInt maximum = flight.prompt().parameters().maxTokens();
        if (flight.bounds() == 1) {
            return OptionalInt.of((maximum.orElse(0) + 1) / 2);
        }
        Admission admission = flight.demand().admission(target);
        long prompt = Math.max(admission.promptTokens(), flight.tokens(target).prompt());
        return maximum.isEmpty() && admission.isGuessed() ? target.largestMaximum(prompt) : OptionalInt.empty();
    }

    /**
     * Tries another target, or the same one once it is open; after a short pause if it is open, because it refused by
     * chance then.
     */
    private NextStep limited(Flight flight, Target target, Failure failure, long now) {
        if (Waits.reported(failure).isEmpty()) {
            flight.options().yieldTrialsOf(target);
        }
        boolean reportedWrongly =
                Waits.reported(failure).isPresent() && target.scopes().stream().anyMatch(ScopeState::refusesStill);
        boolean byChance = target.openingNanos(now) == Waits.NONE;
        int refusals = reportedWrongly || byChance ? 0 : flight.options().countRefusal(target);
        if (refusals >= MOST_REFUSALS || flight.failuresOn(target) >= MOST_CALLS_A_TARGET) {
            flight.options().bar(target);
        }
        if (flight.options().ever().isEmpty()) {
            return new NextStep.Fail(Reason.ATTEMPTS_EXHAUSTED);
        }
        if (!byChance) {
            return NOW;
        }
        Retries retries = flight.route().settings().retries();
        return new NextStep.TryAgain(backoffNanos(0, retries, random), false);
    }

    /** Tries the same tier once more, then the next one as well. */
    private NextStep unavailable(Attempt attempt, Failure failure, long now) {
        Flight flight = attempt.flight();
        Target target = attempt.target();
        TargetOptions options = flight.options();
        long failures = flight.failedAttempts().stream()
                .filter(report -> report.failure().kind() == FailureKind.UNAVAILABLE)
                .count();
        boolean another = options.eligible().stream()
                .anyMatch(other -> other != target && Waits.isKnown(other.openingNanos(now)));
        if (another) {
            options.avoid(target);
        }
        if (failures > 1 && !options.hasAllTiers()) {
            options.widen();
        }
        return elsewhere(attempt, failure, now);
    }

    /** Tries another target, or after a pause the same one if no other is open. */
    private NextStep elsewhere(Attempt attempt, Failure failure, long now) {
        Flight flight = attempt.flight();
        Target target = attempt.target();
        TargetOptions options = flight.options();
        options.yieldTrialsOf(target);
        options.countAttempt(attempt.lease(), mayBeOutage(attempt, failure), now);
        Retries retries = flight.route().settings().retries();
        if (options.attemptsOn(target) >= retries.attemptsPerTarget()) {
            options.bar(target);
        }
        if (options.ever().isEmpty()) {
            return new NextStep.Fail(Reason.ATTEMPTS_EXHAUSTED);
        }
        return new NextStep.TryAgain(pauseNanos(flight, target, now), true);
    }

    /**
     * Returns whether a failure may be due to an outage of the target, which callers can outlast. In an outage no
     * answer begins: one that began, or came and is damaged, has to be paid for, and so would each further one.
     */
    private static boolean mayBeOutage(Attempt attempt, Failure failure) {
        if (attempt.times().firstPiece().isPresent()) {
            return false;
        }
        return switch (failure.kind()) {
            case OVERLOADED -> true;
            case UNAVAILABLE -> !failure.code().equals(Optional.of(Failure.DAMAGED));
            case TIMEOUT -> attempt.flight().subscribers().anyWaitsForever();
            case RATE_LIMITED, QUOTA_EXHAUSTED, UNAUTHORIZED, MODEL_UNAVAILABLE, TOO_LARGE, FILTERED, REJECTED -> false;
        };
    }

    /**
     * Returns how long to pause. A target closed without a known end isn't worth a pause: the flight may fail at once.
     * The time that a service asks for has closed the target, so the flight spends it in the line.
     */
    private long pauseNanos(Flight flight, Target target, long now) {
        TargetOptions options = flight.options();
        if (!options.mayUse(target)
                || target.openingNanos(now) == Waits.UNKNOWN
                || options.ever().stream()
                        .anyMatch(other -> other != target && other.openingNanos(now) == Waits.NONE)) {
            return 0;
        }
        return backoffNanos(
                options.failuresOn(target) - 1, flight.route().settings().retries(), random);
    }

    /**
     * Returns an exponential pause with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
     * 2015): anything between nothing and a bound that doubles with each failure.
     *
     * @param failures how many there were before, 0 or more
     */
    public static long backoffNanos(int failures, Retries retries, RandomGenerator random) {
        double bound = Math.min(
                (double) Waits.nanos(retries.maxBackoff()),
                Waits.nanos(retries.backoff()) * Math.pow(2, Math.min(failures, MOST_DOUBLINGS)));
        return (long) (random.nextDouble() * bound);
    }

    /** What a flight does after an attempt. */
    public sealed interface NextStep {

        record Land(Completion completion) implements NextStep {}

        record Fail(Reason reason) implements NextStep {}

        /**
         * It tries again.
         *
         * @param pauseNanos how long it pauses first, 0 or more
         * @param counted whether this is a retry, which costs retry budget and restarts the tier's patience; a refusal
         *     by a limit does neither
         */
        record TryAgain(long pauseNanos, boolean counted) implements NextStep {}

        /**
         * It goes back to its place in the waiting line, as if it had never left.
         *
         * @param elsewhere what it goes on with instead, out of the line
         */
        record GoBack(Optional<Runnable> elsewhere) implements NextStep {}

        /** Nothing: it has ended. */
        record Nothing() implements NextStep {}
    }
}
