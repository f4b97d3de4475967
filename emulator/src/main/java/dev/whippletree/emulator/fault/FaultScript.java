package dev.whippletree.emulator.fault;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All the faults of a service. Immutable.
 *
 * @param rules asked in order; the first that applies wins
 */
public record FaultScript(List<FaultRule> rules) {

    public static final FaultScript NONE = new FaultScript(List.of());

    public FaultScript {
        rules = List.copyOf(rules);
    }

    public static FaultScript of(FaultRule... rules) {
        return new FaultScript(List.of(rules));
    }

    /**
     * Says what befalls a request.
     *
     * @param account the account's id
     * @param model the model that it asks for
     * @param number which request of the account it is, from 1
     * @param elapsedNanos nanoseconds since the start
     * @param random draws for rules that apply to a share of requests only
     * @return the rule that applies, if one does
     */
    public Optional<FaultRule> pick(
            String account, String model, long number, long elapsedNanos, RandomGenerator random) {
        for (FaultRule rule : rules) {
            if (rule.allows(account, model, number, elapsedNanos)
                    && (rule.share() >= 1 || random.nextDouble() < rule.share())) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }
}
