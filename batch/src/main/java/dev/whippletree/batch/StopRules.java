package dev.whippletree.batch;

import dev.whippletree.config.PriceList;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rules that end a batch early. Immutable.
 *
 * @param maxCalls no item is begun that would need a call beyond as many; retries of those under way may add a few;
 *     empty: no bound
 * @param maxCost no item is begun once the calls of this run have cost as much, those under way reckoned as the ones
 *     before; in the currency of the prices; empty: no bound
 * @param prices what tokens cost; needed with {@code maxCost}
 * @param failuresInARow how many items may fail one after the other, all alike, 1 or more
 */
public record StopRules(
        OptionalLong maxCalls, Optional<BigDecimal> maxCost, Optional<PriceList> prices, int failuresInARow) {

    private static final int USUAL_FAILURES = 20;

    /** No bound, and twenty failures in a row. */
    public static final StopRules USUAL =
            new StopRules(OptionalLong.empty(), Optional.empty(), Optional.empty(), USUAL_FAILURES);

    /** Checks the ranges. */
    public StopRules {
        Objects.requireNonNull(maxCalls, "maxCalls");
        if (maxCalls.isPresent() && maxCalls.getAsLong() < 1) {
            throw new IllegalArgumentException(
                    "the most calls of a batch must be 1 or more, not " + maxCalls.getAsLong());
        }
        if (maxCost.isPresent() && maxCost.get().signum() <= 0) {
            throw new IllegalArgumentException("the cost limit of a batch must be above 0, not " + maxCost.get());
        }
        if (maxCost.isPresent() && prices.isEmpty()) {
            throw new IllegalArgumentException("a cost limit needs a price list");
        }
        if (failuresInARow < 1) {
            throw new IllegalArgumentException("the most failures in a row must be 1 or more, not " + failuresInARow);
        }
    }
}
