package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/**
 * What a turn costs, by one rule for tenants and sessions: a call; or, where limits of tokens let fewer calls begin than limits of
 * requests do, the ticket's tokens, of which a usual ticket's cost as much as a call. Guarded by the engine's lock.
 */
final class TurnCost {

    /** About so many of the latest tickets are what is usual. */
    private static final double MEMORY = 100;

    private double prompt;
    private double completion;
    private double counted;

    /**
     * Returns what a ticket's turn costs, 1 where calls count and on average.
     *
     * @param eligibility what its waiter may use
     */
    double of(Ticket ticket, Eligibility eligibility) {
        TokenCount tokens = ticket.waiter().meanTokens();
        count(tokens);
        TokenCount usual = new TokenCount(Math.max(1, Math.round(prompt)), Math.round(completion));
        return eligibility.tokensBind(usual) ? Math.max(1.0, tokens.total()) / usual.total() : 1;
    }

    private void count(TokenCount tokens) {
        counted = Math.min(counted + 1, MEMORY);
        prompt += (tokens.prompt() - prompt) / counted;
        completion += (tokens.completion() - completion) / counted;
    }
}
