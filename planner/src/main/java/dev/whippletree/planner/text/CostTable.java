package dev.whippletree.planner.text;

import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
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
record CostTable(Costs costs, Screen screen) {

    private static final String UNPRICED = "Cost unknown: name your dated price list with --prices FILE.";
    private static final int LONGEST_NAME = 28;

    List<String> lines(Outcome outcome) {
        if (!outcome.simulated()) {
            return List.of(); // Only a run tells the tokens.
        }
        TokenUsage tokens = Costs.tokens(outcome);
        String run = "A run: " + Words.count(tokens.promptTokens()) + " prompt + "
                + Words.count(tokens.completionTokens()) + " answer tokens.";
        List<String> lines = new ArrayList<>(Columns.prose(screen, Paint.PLAIN, run));
        costs.source()
                .ifPresentOrElse(
                        source -> lines.addAll(priced(source, outcome)),
                        () -> lines.addAll(Columns.prose(screen, Paint.CAUTION, UNPRICED)));
        Sentences.credits(outcome).forEach(sentence -> lines.addAll(Columns.prose(screen, Paint.PLAIN, sentence)));
        return lines;
    }

    private List<String> priced(String source, Outcome outcome) {
        String currency = costs.prices().orElseThrow().currency();
        Table table = new Table(screen);
        outcome.tokens()
                .forEach(asked -> table.row(
                        Cell.left(Words.clip(asked.service() + ", " + asked.model(), LONGEST_NAME)),
                        money(costs.of(asked), currency)));
        List<String> lines = new ArrayList<>(table.names(0).lines());
        lines.addAll(Columns.prose(screen, Paint.FAINT, source));
        return lines;
    }

    private static Cell money(Optional<BigDecimal> amount, String currency) {
        return Cell.right(amount.map(known -> Words.money(known, currency)).orElse("unknown"))
                .painted(amount.isPresent() ? Paint.PLAIN : Paint.CAUTION);
    }
}
