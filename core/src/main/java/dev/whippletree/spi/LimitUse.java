package dev.whippletree.spi;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import java.util.Objects;
import java.util.Optional;

/**
 * An attempt's use of one limit. Immutable.
 *
 * @param scope whose limit
 * @param name which of the scope's limits: the same in every process, even where they differ about its amount
 * @param limit the limit, as this process knows it; no stretch of time as long as its window may see more than its
 *     amount
 * @param amount how much of it, 0 or more, and at most the limit's amount
 */
public record LimitUse(Scope scope, String name, Limit limit, long amount) {

    /** Checks the amount. */
    public LimitUse {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(name, "name");
        if (amount < 0 || amount > limit.amount()) {
            throw new IllegalArgumentException(
                    amount + " can't be used of " + limit + "; it is 0 or more, and at most the limit");
        }
    }

    /** Returns what it comes to: the tokens that were counted, if its limit counts tokens and they are known. */
    public long counted(Optional<TokenCount> tokens) {
        Limit.Unit unit = limit.unit();
        return unit.countsTokens() ? tokens.map(unit::amountOf).orElse(amount) : amount;
    }
}
