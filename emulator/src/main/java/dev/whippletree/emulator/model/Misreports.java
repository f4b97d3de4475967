package dev.whippletree.emulator.model;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import java.util.List;
import java.util.Optional;

/** What a service says of its limits when it is wrong about them. Stateless. */
final class Misreports {

    private Misreports() {}

    /** Returns what is said, given how the limits really stand. */
    static List<LimitState> of(Optional<FaultRule> rule, List<LimitState> states) {
        return rule.filter(given -> given.kind().isMisreport())
                .map(given -> states.stream().map(state -> of(given, state)).toList())
                .orElse(states);
    }

    private static LimitState of(FaultRule rule, LimitState state) {
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
