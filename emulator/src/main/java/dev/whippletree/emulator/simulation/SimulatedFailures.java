package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.Refusal;
import dev.whippletree.emulator.model.RefusalKind;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Maps refusals to failures as a provider does. Stateless. */
final class SimulatedFailures {

    private static final Duration DAY = Duration.ofDays(1);

    private SimulatedFailures() {}

    /**
     * Returns the failure.
     *
     * @param clockAhead how far the service's clock is ahead; where it isn't right, the service tells waits as dates
     */
    static Failure of(ServiceKind service, Refusal refusal, Duration clockAhead) {
        return new Failure(
                kind(refusal),
                message(refusal),
                OptionalInt.of(refusal.status()),
                Optional.of(refusal.kind().name().toLowerCase(Locale.ROOT)),
                refusal.retryAfter().map(wait -> told(service, wait)).map(wait -> byClock(wait, clockAhead)),
                reach(service, refusal));
    }

    private static FailureKind kind(Refusal refusal) {
        return switch (refusal.kind()) {
            case NO_TOKEN, BAD_TOKEN, FORBIDDEN -> FailureKind.UNAUTHORIZED;
            case NO_CREDIT -> FailureKind.QUOTA_EXHAUSTED;
            case BAD_REQUEST, BAD_PARAMETER -> FailureKind.REJECTED;
            case MODEL_UNKNOWN, MODEL_UNSERVED -> FailureKind.MODEL_UNAVAILABLE;
            case CONTEXT_TOO_LONG, LARGER_THAN_LIMIT -> FailureKind.TOO_LARGE;
            case FILTERED -> FailureKind.FILTERED;
            case LIMIT -> perDay(refusal) ? FailureKind.QUOTA_EXHAUSTED : FailureKind.RATE_LIMITED;
            case FLEX_CAPACITY, UNAVAILABLE -> FailureKind.OVERLOADED;
            case SERVER_ERROR, BAD_GATEWAY -> FailureKind.UNAVAILABLE;
        };
    }

    private static Reach reach(ServiceKind service, Refusal refusal) {
        return switch (refusal.kind()) {
            case LIMIT -> LimitReports.reach(service);
            case NO_CREDIT -> Reach.ORGANIZATION;
            case FORBIDDEN ->
                switch (service) {
                    case GROQ -> Reach.ORGANIZATION;
                    case HUGGING_FACE -> Reach.ACCOUNT;
                    case OPENAI -> Reach.PROMPT;
                };
            case MODEL_UNKNOWN, MODEL_UNSERVED -> Reach.MODEL;
            case NO_TOKEN,
                    BAD_TOKEN,
                    BAD_REQUEST,
                    BAD_PARAMETER,
                    CONTEXT_TOO_LONG,
                    LARGER_THAN_LIMIT,
                    FILTERED,
                    FLEX_CAPACITY,
                    SERVER_ERROR,
                    BAD_GATEWAY,
                    UNAVAILABLE -> Reach.ACCOUNT;
        };
    }

    private static boolean perDay(Refusal refusal) {
        return refusal.hit()
                .map(hit -> hit.limit().window().compareTo(DAY) >= 0)
                .orElse(false);
    }

    /** Groq's prose gives fractions of a second; others have the header only, whose seconds are rounded up. */
    private static Duration told(ServiceKind service, Duration wait) {
        Duration whole = Duration.ofSeconds(wait.toSeconds());
        return service == ServiceKind.GROQ || whole.equals(wait) ? wait : whole.plusSeconds(1);
    }

    /** A date that has passed by the caller's clock is no wait. */
    private static Duration byClock(Duration wait, Duration clockAhead) {
        Duration until = wait.plus(clockAhead);
        return until.isNegative() ? Duration.ZERO : until;
    }

    private static String message(Refusal refusal) {
        RefusalKind kind = refusal.kind();
        String detail = refusal.detail().isEmpty() ? "" : ": " + refusal.detail();
        return "the emulated service refuses, "
                + kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + detail;
    }
}
