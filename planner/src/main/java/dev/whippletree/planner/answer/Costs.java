package dev.whippletree.planner.answer;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.Tokens;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The cost of a run's tokens by a price list. Immutable.
 *
 * @param prices the list; absent: none was named, and no cost is known
 * @param today the day on which the list is used
 */
public record Costs(Optional<PriceList> prices, LocalDate today) {

    /** Returns what the tokens of a model cost; empty if no price is known. */
    public Optional<BigDecimal> of(Tokens asked) {
        return prices.flatMap(list -> list.of(asked.service(), asked.model())).map(price -> price.cost(asked.used()));
    }

    public static TokenUsage tokens(Outcome outcome) {
        return outcome.tokens().stream().map(Tokens::used).reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** Returns what a run costs; empty if the price of a model isn't known. */
    public Optional<BigDecimal> run(Outcome outcome) {
        return outcome.tokens().stream()
                .map(this::of)
                .reduce((one, other) -> one.flatMap(cost -> other.map(cost::add)))
                .flatMap(sum -> sum);
    }

    /** Returns where the prices are from, and what is doubtful about them; empty if there are none. */
    public Optional<String> source() {
        return prices.map(list -> "By the prices of " + list.asOf() + " in " + list.source() + "."
                + list.doubt(today).map(doubt -> " " + doubt).orElse(""));
    }
}
