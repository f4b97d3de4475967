package dev.whippletree.planner.answer;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.Tokens;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cost of a run's tokens by a price list: with the planned accounts, and with every other model in the list. All
 * with and without the same cache, so that no account gets the credit for the cache's savings. Immutable.
 *
 * @param prices the list; absent: none was named, and no cost is known
 * @param runsPerMonth how often the interviews are held in a month, 1 or more
 * @param today the day on which the list is used
 */
public record Costs(Optional<PriceList> prices, int runsPerMonth, LocalDate today) {

    /**
     * What the tokens of one run cost somewhere.
     *
     * @param service the provider's name
     * @param model the service's own name of the model
     * @param asked whether the planned accounts ask it; else it is there to compare
     * @param tokens what a run uses there, with the cache
     * @param uncached what it would use there without
     * @param cost of a run with the cache; empty if no price is known
     * @param uncachedCost of a run without it; empty if no price is known
     */
    public record Line(
            String service,
            String model,
            boolean asked,
            TokenUsage tokens,
            TokenUsage uncached,
            Optional<BigDecimal> cost,
            Optional<BigDecimal> uncachedCost) {}

    /** Returns a line for each model that is asked, and one for every other price of the list. */
    public List<Line> lines(Outcome outcome) {
        List<Line> lines = new ArrayList<>();
        TokenUsage all = tokens(outcome);
        for (Tokens asked : outcome.tokens()) {
            TokenUsage uncached = part(outcome.tokensUncached(), asked.used(), all);
            lines.add(line(asked.service(), asked.model(), true, asked.used(), uncached));
        }
        prices.stream()
                .flatMap(list -> list.prices().stream())
                .filter(price ->
                        outcome.tokens().stream().noneMatch(asked -> price.isOf(asked.service(), asked.model())))
                .map(price -> line(price.provider(), price.model(), false, all, outcome.tokensUncached()))
                .forEach(lines::add);
        return lines;
    }

    /** Returns the tokens of a run, with the cache. */
    public static TokenUsage tokens(Outcome outcome) {
        return outcome.tokens().stream().map(Tokens::used).reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** Returns what a run costs with the accounts that are planned; empty if the price of a model isn't known. */
    public Optional<BigDecimal> run(Outcome outcome) {
        return lines(outcome).stream()
                .filter(Line::asked)
                .map(Line::cost)
                .reduce((one, other) -> one.flatMap(cost -> other.map(cost::add)))
                .flatMap(sum -> sum);
    }

    /** Returns what a month of such runs costs. */
    public BigDecimal month(BigDecimal run) {
        return run.multiply(BigDecimal.valueOf(runsPerMonth));
    }

    private Line line(String service, String model, boolean asked, TokenUsage tokens, TokenUsage uncached) {
        Optional<TokenPrice> price = prices.flatMap(list -> list.of(service, model));
        return new Line(
                service,
                model,
                asked,
                tokens,
                uncached,
                price.map(known -> known.cost(tokens)),
                price.map(known -> known.cost(uncached)));
    }

    /** Without the cache, each model is taken to get the same part of the tokens as with it. */
    private static TokenUsage part(TokenUsage whole, TokenUsage used, TokenUsage all) {
        return TokenUsage.of(
                part(whole.promptTokens(), used.promptTokens(), all.promptTokens()),
                part(whole.completionTokens(), used.completionTokens(), all.completionTokens()));
    }

    private static long part(long whole, long used, long all) {
        return all == 0 ? 0 : Math.round((double) whole * used / all);
    }
}
