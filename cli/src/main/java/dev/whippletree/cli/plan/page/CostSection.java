package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.plan.answer.Costs;
import dev.whippletree.cli.plan.answer.Credits;
import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The part of the page that is about tokens, their cost, and credits. Immutable. */
final class CostSection {

    private final Costs costs;

    CostSection(Costs costs) {
        this.costs = costs;
    }

    void write(Html html, AccountPool pool, Outcome outcome) {
        html.element("h3", "Cost");
        html.element(
                "p",
                "A run with the cache: " + tokens(Costs.tokens(outcome)) + ". The same without: "
                        + tokens(outcome.tokensUncached()) + ".");
        costs.prices()
                .ifPresentOrElse(
                        list -> priced(html, list, outcome),
                        () -> html.element("p", "Cost unknown: no price list was named (--prices FILE)."));
        new Credits(costs).sentences(pool, outcome).forEach(sentence -> html.element("p", sentence));
    }

    private static String tokens(TokenUsage usage) {
        return Words.count(usage.promptTokens()) + " prompt and " + Words.count(usage.completionTokens())
                + " answer tokens";
    }

    private void priced(Html html, PriceList list, Outcome outcome) {
        String month = Words.count(costs.runsPerMonth(), "run") + " a month";
        HtmlTable table = new HtmlTable(html, 1, List.of("Asked for", "a run", "uncached", month, "uncached"));
        for (Costs.Line line : costs.lines(outcome)) {
            String name = line.service() + ", " + line.model();
            table.row(List.of(
                    line.asked() ? name : "instead: " + name,
                    money(line.cost(), list),
                    money(line.uncachedCost(), list),
                    money(line.cost().map(costs::month), list),
                    money(line.uncachedCost().map(costs::month), list)));
        }
        table.end();
        html.element(
                "p",
                "note",
                "By the prices of " + list.asOf() + " in " + list.source() + "."
                        + list.doubt(costs.today()).map(doubt -> " " + doubt).orElse(""));
    }

    private static String money(Optional<BigDecimal> amount, PriceList list) {
        return amount.map(known -> Words.money(known, list.currency())).orElse("unknown");
    }
}
