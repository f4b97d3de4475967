package dev.whippletree.emulator.model;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a fault does to a request. Stateless. */
final class FaultEffect {

    /** What spoils an answer on its way to the caller. */
    private static final Map<FaultKind, Delivery> DELIVERIES = Map.of(
            FaultKind.CUT, Delivery.CUT,
            FaultKind.STALL, Delivery.STALLED,
            FaultKind.MALFORMED, Delivery.MALFORMED,
            FaultKind.WITHOUT_DONE, Delivery.WITHOUT_DONE);

    private FaultEffect() {}

    static Optional<RefusalKind> refusal(FaultRule rule) {
        return switch (rule.kind()) {
            case RATE_LIMITED, RATE_LIMITED_SILENTLY -> Optional.of(RefusalKind.LIMIT);
            case SERVER_ERROR -> Optional.of(RefusalKind.SERVER_ERROR);
            case BAD_GATEWAY -> Optional.of(RefusalKind.BAD_GATEWAY);
            case UNAVAILABLE -> Optional.of(RefusalKind.UNAVAILABLE);
            case FLEX_CAPACITY -> Optional.of(RefusalKind.FLEX_CAPACITY);
            case NO_CREDIT -> Optional.of(RefusalKind.NO_CREDIT);
            case UNAUTHORIZED -> Optional.of(RefusalKind.BAD_TOKEN);
            case FORBIDDEN -> Optional.of(RefusalKind.FORBIDDEN);
            case BAD_REQUEST -> Optional.of(RefusalKind.BAD_REQUEST);
            case TOO_LONG -> Optional.of(RefusalKind.CONTEXT_TOO_LONG);
            case FILTERED -> Optional.of(RefusalKind.FILTERED);
            case RESET, HANG, SLOW, CUT, STALL, MALFORMED, WITHOUT_DONE, MORE_LEFT, LESS_LEFT, PAST_RESET, LATE_RESET ->
                Optional.empty();
        };
    }

    static Delivery delivery(Optional<FaultRule> rule) {
        return rule.map(given -> DELIVERIES.getOrDefault(given.kind(), Delivery.WHOLE))
                .orElse(Delivery.WHOLE);
    }

    /** Returns how much later than usual the first token comes. */
    static Duration delay(Optional<FaultRule> rule) {
        return rule.filter(given -> given.kind() == FaultKind.SLOW)
                .map(FaultRule::effectiveTime)
                .orElse(Duration.ZERO);
    }

    static Optional<Duration> retryAfter(FaultRule rule) {
        return rule.kind() == FaultKind.RATE_LIMITED ? Optional.of(rule.effectiveTime()) : Optional.empty();
    }

    /** Returns what the service says of its limits, given how they really stand. */
    static List<LimitState> reported(Optional<FaultRule> rule, List<LimitState> states) {
        return rule.filter(given -> given.kind().isMisreport())
                .map(given ->
                        states.stream().map(state -> reported(given, state)).toList())
                .orElse(states);
    }

    private static LimitState reported(FaultRule rule, LimitState state) {
        long amount = state.limit().limit().amount();
        if (rule.kind() == FaultKind.MORE_LEFT) {
            return with(state, 0, state.resetNanos());
        }
        if (rule.kind() == FaultKind.LESS_LEFT) {
            return with(state, amount, state.resetNanos());
        }
        return rule.kind() == FaultKind.PAST_RESET
                ? with(state, amount, 0)
                : with(state, state.used(), rule.effectiveTime().toNanos());
    }

    private static LimitState with(LimitState state, long used, long resetNanos) {
        return new LimitState(state.limit(), state.organization(), state.model(), used, resetNanos);
    }
}
