package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/** What some turns add up to. Immutable. */
public record TurnSums(long tickets, long prompt, long completion) {

    public static final TurnSums NONE = new TurnSums(0, 0, 0);

    public TurnSums plus(TurnSums other) {
        return new TurnSums(tickets + other.tickets, prompt + other.prompt, completion + other.completion);
    }

    TurnSums minus(TurnSums part) {
        return new TurnSums(tickets - part.tickets, prompt - part.prompt, completion - part.completion);
    }

    /** Returns a part of them, with average needs. */
    TurnSums some(long fewer) {
        if (fewer >= tickets) {
            return this;
        }
        double share = (double) fewer / tickets;
        return new TurnSums(fewer, Math.round(prompt * share), Math.round(completion * share));
    }

    /** Returns the mean needs of them and one more ticket. */
    public TokenCount meanWith(TokenCount one) {
        long all = tickets + 1;
        long total = (prompt + completion + one.total() + tickets) / all;
        long ofPrompt = Math.min(total, (prompt + one.prompt() + tickets) / all);
        return new TokenCount(ofPrompt, total - ofPrompt);
    }
}
