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

    private Total begun = Total.NOTHING;
    private Total ended = Total.NOTHING;

    /**
     * How many attempts there were since the start, and the tokens that they had reserved. Numbers that overflow do no
     * harm: only differences of them are used.
     */
    private record Total(long calls, long prompt, long completion) {

        private static final Total NOTHING = new Total(0, 0, 0);

        Total and(TokenCount more) {
            return new Total(calls + 1, prompt + more.prompt(), completion + more.completion());
        }

        long of(Limit.Unit unit) {
            return switch (unit) {
                case REQUESTS -> calls;
                case TOKENS -> prompt + completion;
                case INPUT_TOKENS -> prompt;
                case OUTPUT_TOKENS -> completion;
            };
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

    /** An attempt sends its request once more; the first one has ended. */
    void repeat(ScopeUse use) {
        begun = begun.and(use.tokens());
        ended = ended.and(use.tokens());
    }

    void leave(ScopeUse use) {
        underWay.remove(use);
        ended = ended.and(use.tokens());
    }

    Set<ScopeUse> underWay() {
        return underWay.keySet();
    }

    long[] othersBegan(ScopeUse use) {
        return underWay.keySet().stream()
                .filter(other -> other != use)
                .mapToLong(ScopeUse::beganNanos)
                .toArray();
    }

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
