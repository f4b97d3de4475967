package dev.whippletree.planner.text;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Credits;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cost of the tokens by the user's list, and when credits run out. Immutable. */
final class CostTable {

    private static final String UNPRICED = "Cost unknown: name your dated price list with --prices FILE.";
    private static final int LONGEST_NAME = 28;

    private final Costs costs;
    private final Screen screen;

    CostTable(Costs costs, Screen screen) {
        this.costs = costs;
        this.screen = screen;
    }

    List<String> lines(AccountPool pool, Outcome outcome) {
        List<String> lines = new ArrayList<>();
        Table tokens = new Table(screen);
        tokens.row(Cell.left("A run with the cache:"), Cell.left(tokens(Costs.tokens(outcome)) + "."));
        tokens.row(Cell.left("The same without:"), Cell.left(tokens(outcome.tokensUncached()) + "."));
        lines.addAll(tokens.detail(1).lines());
        costs.prices()
                .ifPresentOrElse(
                        list -> lines.addAll(priced(list, outcome)),
                        () -> lines.addAll(Columns.prose(screen, Paint.CAUTION, UNPRICED)));
        new Credits(costs)
                .sentences(pool, outcome)
                .forEach(sentence -> lines.addAll(Columns.prose(screen, Paint.PLAIN, sentence)));
        return lines;
    }

    private static String tokens(TokenUsage usage) {
        return Words.count(usage.promptTokens()) + " prompt + " + Words.count(usage.completionTokens())
                + " answer tokens";
    }

    private List<String> priced(PriceList list, Outcome outcome) {
        Table table = new Table(screen);
        table.headings("", "a run", "uncached", costs.runsPerMonth() + " runs", "uncached");
        costs.lines(outcome).forEach(line -> row(table, line, list.currency()));
        List<String> lines = new ArrayList<>(table.expendable(4, 2, 3).names(0).lines());
        String source = "In " + list.currency() + ", by the prices of " + list.asOf() + " in " + list.source() + "."
                + list.doubt(costs.today()).map(doubt -> " " + doubt).orElse("");
        lines.addAll(Columns.prose(screen, Paint.FAINT, source));
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
