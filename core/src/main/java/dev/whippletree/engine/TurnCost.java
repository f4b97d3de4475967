package dev.whippletree.engine;

import dev.whippletree.engine.pool.Target;
import dev.whippletree.model.TokenCount;
import java.util.List;

/**
 * What a turn costs, by one rule for tenants and sessions: a call; or, where limits of tokens let fewer calls begin than limits of
 * requests do, the flight's tokens, of which a usual flight's cost as much as a call. Guarded by the engine's lock.
 */
final class TurnCost {

    /** About so many of the latest flights are what is usual. */
    private static final double MEMORY = 100;

    private double prompt;
    private double completion;
    private double counted;

    /**
     * Returns what a flight's turn costs, 1 where calls count and on average.
     *
     * @param targets those that it may use
     */
    double of(Flight flight, List<Target> targets) {
        TokenCount tokens = flight.meanTokens();
        count(tokens);
        TokenCount usual = new TokenCount(Math.max(1, Math.round(prompt)), Math.round(completion));
        for (Target target : targets) {
            if (!target.tokensBind(usual)) {
                return 1;
            }
        }
        return targets.isEmpty() ? 1 : Math.max(1.0, tokens.total()) / usual.total();
    }

    private void count(TokenCount tokens) {
        counted = Math.min(counted + 1, MEMORY);
        prompt += (tokens.prompt() - prompt) / counted;
        completion += (tokens.completion() - completion) / counted;
    }
}
