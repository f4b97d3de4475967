package dev.whippletree.planner.answer;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.Tokens;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * The cost of a run's tokens by a price list. Immutable.
 *
 * @param prices the list; absent: none was named, and no cost is known
 * @param today the day on which the list is used
 */
public record Costs(Optional<PriceList> prices, LocalDate today) {

    /**
     * What the tokens of one run cost.
     *
     * @param service the provider's name
     * @param model the service's own name of the model
     * @param tokens what a run uses
     * @param cost of a run; empty if no price is known
     */
    public record Line(String service, String model, TokenUsage tokens, Optional<BigDecimal> cost) {}

    /** Returns a line for each model that is asked. */
    public List<Line> lines(Outcome outcome) {
        return outcome.tokens().stream().map(this::line).toList();
    }

    private Line line(Tokens asked) {
        return new Line(
                asked.service(),
                asked.model(),
                asked.used(),
                prices.flatMap(list -> list.of(asked.service(), asked.model())).map(price -> price.cost(asked.used())));
    }

    /** Returns the tokens of a run. */
    public static TokenUsage tokens(Outcome outcome) {
        return outcome.tokens().stream().map(Tokens::used).reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** Returns what a run costs; empty if the price of a model isn't known. */
    public Optional<BigDecimal> run(Outcome outcome) {
        return lines(outcome).stream()
                .map(Line::cost)
                .reduce((one, other) -> one.flatMap(cost -> other.map(cost::add)))
                .flatMap(sum -> sum);
    }

    /** Returns where the prices are from, and what is doubtful about them; empty if there are none. */
    public Optional<String> source() {
        return prices.map(list -> "By the prices of " + list.asOf() + " in " + list.source() + "."
                + list.doubt(today).map(doubt -> " " + doubt).orElse(""));
    }
}
