package dev.whippletree.engine.scope;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The attempts that use one scope, and the sums of what they reserved. Guarded by the engine's lock. */
final class ScopeUses {

    /** The attempts under way, each with what had ended when it began. */
    private final Map<ScopeUse, Total> underWay = new LinkedHashMap<>();

    private Total begun = new Total(0, TokenCount.NONE);
    private Total ended = new Total(0, TokenCount.NONE);

    /** How many attempts there were, and the tokens that they had reserved. */
    private record Total(long calls, TokenCount tokens) {

        Total and(TokenCount more) {
            return new Total(
                    calls + 1,
                    new TokenCount(tokens.prompt() + more.prompt(), tokens.completion() + more.completion()));
        }

        long of(Limit.Unit unit) {
            return unit == Limit.Unit.REQUESTS ? calls : unit.amountOf(tokens);
        }
    }

    /** An attempt begins. It has reserved nothing yet. */
    ScopeUse begin(TokenCount tokens, long now) {
        ScopeUse use = new ScopeUse(tokens, now);
        join(use);
        return use;
    }

    /** An attempt that uses another scope uses this one too from now on. Returns whether that is news. */
    boolean join(ScopeUse use) {
        if (underWay.putIfAbsent(use, ended) != null) {
            return false;
        }
        begun = begun.and(use.tokens());
        use.joined(this);
        return true;
    }

    /** An attempt has ended. */
    void leave(ScopeUse use) {
        underWay.remove(use);
        ended = ended.and(use.tokens());
    }

    Set<ScopeUse> underWay() {
        return underWay.keySet();
    }

    /** Returns when the other attempts under way began. */
    long[] othersBegan(ScopeUse use) {
        return underWay.keySet().stream()
                .filter(other -> other != use)
                .mapToLong(ScopeUse::beganNanos)
                .toArray();
    }

    /** Returns what attempts under way have reserved of a unit. */
    long reserved(Limit.Unit unit) {
        return begun.of(unit) - ended.of(unit);
    }

    /**
     * Returns what attempts may have used that ended while another one was under way: that one's report may not have
     * counted them.
     */
    long endedSince(ScopeUse use, Limit.Unit unit) {
        return ended.of(unit) - underWay.getOrDefault(use, ended).of(unit);
    }
}
