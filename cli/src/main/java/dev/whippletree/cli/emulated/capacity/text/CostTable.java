package dev.whippletree.cli.emulated.capacity.text;

import static dev.whippletree.cli.emulated.capacity.text.Columns.heading;
import static dev.whippletree.cli.emulated.capacity.text.Columns.headingRight;

import dev.whippletree.cli.board.Paint;
import dev.whippletree.cli.board.Table;
import dev.whippletree.cli.board.Table.Cell;
import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.emulated.capacity.answer.Costs;
import dev.whippletree.cli.emulated.capacity.answer.Credits;
import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.plan.AccountPool;
import dev.whippletree.emulator.plan.Outcome;
import dev.whippletree.model.TokenUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the tokens cost by the user's list, and when credits run out. Immutable. */
final class CostTable {

    private static final int LONGEST_NAME = 28;

    private final Costs costs;
    private final boolean colours;

    CostTable(Costs costs, boolean colours) {
        this.costs = costs;
        this.colours = colours;
    }

    List<String> lines(AccountPool pool, Outcome outcome) {
        List<String> lines = new ArrayList<>();
        lines.add("A run with the cache: " + tokens(Costs.tokens(outcome)) + ".");
        lines.add("The same without:     " + tokens(outcome.tokensUncached()) + ".");
        costs.prices()
                .ifPresentOrElse(
                        list -> lines.addAll(priced(list, outcome)),
                        () -> lines.add(Paint.CAUTION.on(
                                "Cost unknown: name your dated price list by --prices FILE.", colours)));
        new Credits(costs)
                .sentences(pool, outcome)
                .forEach(sentence -> lines.addAll(Wrapping.lines(sentence, Wrapping.WIDTH)));
        return lines;
    }

    private static String tokens(TokenUsage usage) {
        return Words.count(usage.promptTokens()) + " prompt + " + Words.count(usage.completionTokens())
                + " answer tokens";
    }

    private List<String> priced(PriceList list, Outcome outcome) {
        Table table = new Table(colours);
        table.row(
                heading(""),
                headingRight("a run"),
                headingRight("uncached"),
                headingRight(costs.runsPerMonth() + " runs"),
                headingRight("uncached"));
        costs.lines(outcome).forEach(line -> row(table, line, list.currency()));
        List<String> lines = new ArrayList<>(table.lines());
        String source = "In " + list.currency() + ", by the prices of " + list.asOf() + " in " + list.source() + "."
                + list.doubt(costs.today()).map(doubt -> " " + doubt).orElse("");
        Wrapping.lines(source, Wrapping.WIDTH).forEach(line -> lines.add(Paint.FAINT.on(line, colours)));
        return lines;
    }

    private void row(Table table, Costs.Line line, String currency) {
        String name = line.service() + ", " + line.model();
        table.row(
                Cell.left(Words.clip(name, LONGEST_NAME) + (line.asked() ? "" : " instead")),
                money(line.cost(), currency),
                money(line.uncachedCost(), currency),
                money(line.cost().map(costs::month), currency),
                money(line.uncachedCost().map(costs::month), currency));
    }

    private static Cell money(Optional<BigDecimal> amount, String currency) {
        return Cell.right(amount.map(known -> Words.money(known, currency)).orElse("unknown"))
                .painted(amount.isPresent() ? Paint.PLAIN : Paint.CAUTION);
    }
}
