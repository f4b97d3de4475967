package dev.whippletree.engine.flight;

import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.Closure;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts into words why a prompt got no answer. Reads the engine's state under its lock. */
public final class PromptErrors {

    private PromptErrors() {}

    /** A flight failed by its last attempt, or because nothing is left to try. */
    public static PromptException failed(Flight flight, Reason reason, long now, Instant at) {
        List<AttemptReport> attempts = flight.failedAttempts();
        String message = switch (reason) {
            case REJECTED -> last(attempts, "prompt refused");
            case FILTERED -> last(attempts, "filtered");
            case TOO_LARGE -> last(attempts, "prompt too large");
            case ATTEMPTS_EXHAUSTED -> "all attempts failed:" + lines(attempts);
            case NO_ACCOUNT -> "no account can answer:" + lines(attempts);
            case STREAM_INTERRUPTED, NO_ROOM_IN_TIME, CALLER_TIMEOUT, DEADLINE, LINE_FULL, CLOSED -> "no answer";
        };
        boolean mayPass = reason == Reason.ATTEMPTS_EXHAUSTED || reason == Reason.NO_ACCOUNT;
        return failure(flight, reason, message, mayPass ? nextOpening(flight, now, at) : Optional.empty(), now);
    }

    private static PromptException failure(
            Flight flight, Reason reason, String message, Optional<Instant> roomAt, long now) {
        List<AttemptReport> attempts = flight.failedAttempts();
        return new PromptException(
                reason,
                message,
                attempts,
                roomAt,
                PromptException.kindOfLast(attempts),
                Duration.ofNanos(flight.triedNanos(now)));
    }

    /** Returns when the first target opens or is probed that an equal prompt may use; empty if now, or unknown. */
    private static Optional<Instant> nextOpening(Flight flight, long now, Instant at) {
        long wait = flight.route().targets().stream()
                .filter(flight.options().allowed()::has)
                .mapToLong(target -> {
                    long opening = target.openingNanos(now);
                    return opening == Waits.UNKNOWN ? target.checkedAgainNanos(now) : opening;
                })
                .min()
                .orElse(Waits.UNKNOWN);
        return Waits.isKnown(wait) && wait > 0 ? Optional.of(at.plusNanos(wait)) : Optional.empty();
    }

    /** Describes the last failure in our words, then in the service's. */
    private static String last(List<AttemptReport> attempts, String what) {
        if (attempts.isEmpty()) {
            return what;
        }
        AttemptReport last = attempts.get(attempts.size() - 1);
        Failure failure = last.failure();
        String status = failure.status().isPresent() ? " (" + failure.status().getAsInt() + ")" : "";
        return "account " + last.account() + ", " + last.model() + ": " + what + status + ": " + failure.message();
    }

    /** A flight failed after its caller had received part of the answer. */
    public static PromptException interrupted(PromptException failure) {
        return switch (failure.reason()) {
            case FILTERED, DEADLINE, CLOSED, STREAM_INTERRUPTED -> failure;
            case REJECTED, TOO_LARGE, NO_ACCOUNT, NO_ROOM_IN_TIME, CALLER_TIMEOUT, LINE_FULL, ATTEMPTS_EXHAUSTED ->
                new PromptException(
                        Reason.STREAM_INTERRUPTED,
                        "the answer broke off and couldn't be continued: " + failure.getMessage() + unsaid(failure),
                        failure.attempts(),
                        failure.roomAt(),
                        failure.kind(),
                        failure.tried());
        };
    }

    /** Returns the failures before the last one, unless the message has them all. */
    private static String unsaid(PromptException failure) {
        String message = String.valueOf(failure.getMessage());
        boolean said = failure.attempts().stream().allMatch(attempt -> message.contains(attempt.toString()));
        return said ? "" : "; the failures:" + lines(failure.attempts());
    }

    /** An answer broke off of which the caller had received part, and this target's answer differs. */
    public static PromptException continuedOtherwise(Flight flight, Target target, long now) {
        String message = "the answer broke off and couldn't be continued, because the retry gave a different answer"
                + " (account " + target.account().id() + ", " + target.model() + "); the failures:"
                + lines(flight.failedAttempts());
        return failure(flight, Reason.STREAM_INTERRUPTED, message, Optional.empty(), now);
    }

    /** The prompt needs more tokens than any target's limits ever allow. */
    public static PromptException largerThanLimits(Flight flight, long now) {
        String message = "the prompt would use at least "
                + flight.demand().fewestTokens().total()
                + " tokens, which is more than a whole window of any account's limit allows; shorten it or lower max tokens";
        return failure(flight, Reason.TOO_LARGE, message, Optional.empty(), now);
    }

    /** Every target's provider refused the prompt before any call. */
    public static PromptException refusedByAll(Flight flight) {
        List<String> reasons = new ArrayList<>();
        flight.demand().refusals(flight.route()).forEach((target, why) -> {
            if (flight.options().allowed().has(target)) {
                reasons.add("account " + target.account().id() + ": " + why);
            }
        });
        reasons.sort(null);
        return new PromptException(
                Reason.REJECTED, "no account can take this prompt:" + lines(reasons), List.of(), Optional.empty());
    }

    /** Every target is closed without a known end. There may be room when the first is checked again. */
    public static PromptException noAccount(Flight flight, long now, Instant at) {
        long check = Waits.UNTIL_EVENT;
        List<String> reasons = new ArrayList<>();
        Set<FailureKind> kinds = EnumSet.noneOf(FailureKind.class);
        for (Target target : flight.options().ever()) {
            Optional<Closure> closure = target.unendingClosure(now);
            closure.ifPresent(closed -> kinds.add(kind(target, closed)));
            check = Math.min(check, target.checkedAgainNanos(now));
            reasons.add("account " + target.account().id() + ", " + target.model() + ": "
                    + closure.map(closed -> reason(target, closed, now)).orElse("closed"));
        }
        if (reasons.isEmpty()) {
            return nothingLeft(flight, now);
        }
        return new PromptException(
                Reason.NO_ACCOUNT,
                "no account can answer:" + lines(reasons),
                flight.failedAttempts(),
                Waits.isKnown(check) ? Optional.of(at.plusNanos(check)) : Optional.empty(),
                kinds.size() == 1 ? Optional.of(kinds.iterator().next()) : Optional.empty(),
                Duration.ofNanos(flight.triedNanos(now)));
    }

    public static PromptException nothingLeft(Flight flight, long now) {
        return failure(flight, Reason.NO_ACCOUNT, whyNothingIsLeft(flight), Optional.empty(), now);
    }

    /** Explains why no target is left: only a reload removes a route, or an account from a route. */
    private static String whyNothingIsLeft(Flight flight) {
        Route route = flight.route();
        if (route.targets().isEmpty()) {
            return "route '" + route.name() + "' no longer exists: a reload of the configuration removed it";
        }
        Optional<String> pinned = flight.prompt().account();
        if (pinned.isPresent() && route.targets().stream().noneMatch(target -> isOf(target, pinned.get()))) {
            return "account '" + pinned.get() + "' isn't on route '" + route.name()
                    + "' any more: a reload of the configuration removed it";
        }
        if (route.targets().stream().noneMatch(flight.options().allowed()::has)) {
            return "no account that may answer this prompt is on route '" + route.name()
                    + "' any more: a reload of the configuration removed it";
        }
        return "no other account may answer this prompt:" + lines(flight.failedAttempts());
    }

    private static boolean isOf(Target target, String account) {
        return target.account().id().equals(account);
    }

    /** Returns the kind of failure behind a closure without a known end; of a scope, that is its quota or credit. */
    private static FailureKind kind(Target target, Closure closure) {
        if (closure == target.account().credential()) {
            return FailureKind.UNAUTHORIZED;
        }
        return closure == target.availability() ? FailureKind.MODEL_UNAVAILABLE : FailureKind.QUOTA_EXHAUSTED;
    }

    private static String reason(Target target, Closure closure, long now) {
        String what =
                closure == target.account().credential() ? target.account().refusal() + ": " : "";
        return what + closure.reason() + " (" + check(closure, now) + ")";
    }

    /** Says when a closure without a known end is checked again. */
    public static String check(Closure closure, long now) {
        Duration wait = Duration.ofNanos(closure.until() - now);
        return "checked again " + (wait.toMillis() < 1 ? "by the next prompt" : "in " + DurationText.of(wait));
    }

    public static String words(long nanos) {
        return DurationText.of(Duration.ofNanos(nanos));
    }

    /** There will be room, but too late: because of limits, or because services fail. */
    public static PromptException noRoomInTime(Flight flight, Instant roomAt, long now) {
        boolean outage = PromptException.kindOfLast(flight.failedAttempts())
                .map(PromptErrors::isOutage)
                .orElseGet(() -> flight.options().ever().stream()
                        .allMatch(target -> target.isOut() || target.openingNanos(now) == Waits.UNKNOWN));
        String what = outage
                ? "no account will answer before the deadline; there would be room at "
                : "there is no room before the deadline; there would be room at ";
        String message = what
                + DurationText.second(roomAt)
                + failures("now", outage ? whatFailed(flight) : flight.failedAttempts());
        return failure(flight, outage ? Reason.DEADLINE : Reason.NO_ROOM_IN_TIME, message, Optional.of(roomAt), now);
    }

    private static boolean isOutage(FailureKind kind) {
        return switch (kind) {
            case OVERLOADED, UNAVAILABLE, TIMEOUT -> true;
            case RATE_LIMITED, QUOTA_EXHAUSTED, UNAUTHORIZED, MODEL_UNAVAILABLE, TOO_LARGE, FILTERED, REJECTED -> false;
        };
    }

    private static String failures(String until, List<?> failures) {
        return failures.isEmpty() ? "" : "; failures until " + until + ":" + lines(failures);
    }

    /** Returns the flight's failures; without any, the latest of the accounts that are cooling down. */
    private static List<?> whatFailed(Flight flight) {
        if (!flight.failedAttempts().isEmpty()) {
            return flight.failedAttempts();
        }
        return flight.options().ever().stream()
                .filter(Target::isOut)
                .map(target -> "account " + target.account().id() + ", " + target.model() + ": "
                        + target.health().reason())
                .toList();
    }

    /**
     * The caller is about to give up. He is told to ask again half his timeout before his turn, because later callers
     * would find the room taken.
     *
     * @param waited how long the prompt has waited
     * @param wait how much longer it would wait; {@link Waits#UNKNOWN} if unknown
     */
    public static PromptException callerTimeout(
            Flight flight, Duration timeout, long waited, long wait, long now, Instant at) {
        boolean known = Waits.isKnown(wait);
        String message = (known ? "no room for " + words(waited + wait) : "no answer yet")
                + ", and the caller's own timeout is " + DurationText.of(timeout)
                + "; raise it, or ask again" + (flight.ticket().hasTurn() ? ", which keeps the prompt's turn" : "")
                + failures("now", flight.failedAttempts());
        Optional<Instant> again =
                known ? Optional.of(at.plusNanos(Math.max(0, wait - Waits.nanos(timeout) / 2))) : Optional.empty();
        return failure(flight, Reason.CALLER_TIMEOUT, message, again, now);
    }

    public static PromptException deadline(Flight flight, Duration after, Optional<Instant> roomAt, long now) {
        String message = "no answer within " + DurationText.of(after)
                + roomAt.map(at -> "; there would be room at " + DurationText.second(at))
                        .orElse("")
                + failures("then", flight.failedAttempts());
        return failure(flight, Reason.DEADLINE, message, roomAt, now);
    }

    /** No account has worked for so long. */
    public static PromptException stalled(Flight flight, long quietNanos, long now, Instant at) {
        String message = "no account has accepted a call for " + words(quietNanos)
                + ", and none has said when it will; check the service, or ask again later"
                + failures("then", whatFailed(flight));
        return failure(flight, Reason.DEADLINE, message, nextOpening(flight, now, at), now);
    }

    /** The waiting line is full, and this flight is shed. */
    public static PromptException lineFull(Flight flight, int lineSize, Optional<Instant> roomAt, long now) {
        String message = "the waiting line is full (line-size: " + lineSize + "). For its weight, tenant '"
                + flight.prompt().tenant() + "' has the most prompts in it";
        return full(message, "line-size", flight, roomAt, now);
    }

    /** A tenant's part of the waiting line is full, and this flight is shed. */
    public static PromptException tenantsLineFull(Flight flight, int lineSize, Optional<Instant> roomAt, long now) {
        String message = "the waiting line of tenant '" + flight.prompt().tenant() + "' is full (tenant-line-size: "
                + lineSize + ")";
        return full(message, "tenant-line-size", flight, roomAt, now);
    }

    private static PromptException full(
            String message, String setting, Flight flight, Optional<Instant> roomAt, long now) {
        String whole = message + ", so the newest prompt of its longest session is refused; retry "
                + roomAt.map(at -> "at " + DurationText.second(at) + ", when there would be room")
                        .orElse("later")
                + ", send fewer prompts at once, or raise " + setting;
        return failure(flight, Reason.LINE_FULL, whole, roomAt, now);
    }

    /** Whippletree is closed, or was closed before there was an answer. */
    public static PromptException closed() {
        return new PromptException(
                Reason.CLOSED, "this Whippletree has been closed and takes no prompts", List.of(), Optional.empty());
    }

    /** Returns a line for each item; equal ones share one, with their number. */
    private static String lines(List<?> items) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        items.forEach(item -> counts.merge(item.toString(), 1, Integer::sum));
        StringBuilder lines = new StringBuilder();
        counts.forEach((item, count) -> lines.append(System.lineSeparator())
                .append("  ")
                .append(item)
                .append(count == 1 ? "" : " (" + count + " times)"));
        return lines.toString();
    }
}
