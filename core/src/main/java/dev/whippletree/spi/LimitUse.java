package dev.whippletree.spi;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import java.util.Objects;
import java.util.Optional;

/**
 * An attempt's use of one limit. Immutable.
 *
 * @param scope the limit's scope
 * @param name the limit's name within the scope, the same in all processes, even if they know different amounts of it
 * @param limit the limit, as this process knows it; no period as long as its window may see more than its amount
 * @param amount how much of it is used, 0 to the limit's amount
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

    /** Returns the actual amount: the tokens that were counted, if the limit counts tokens and they are known. */
    public long counted(Optional<TokenCount> tokens) {
        Limit.Unit unit = limit.unit();
        return unit.countsTokens() ? tokens.map(unit::amountOf).orElse(amount) : amount;
    }
}
