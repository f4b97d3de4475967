package dev.whippletree.terminal.board;

import dev.whippletree.model.TokenUsage;
import dev.whippletree.status.Bill;
import dev.whippletree.terminal.board.Table.Cell;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The board's table of tokens and their cost, by account and model. Stateless. */
final class Costs {

    private static final int LONGEST_NAME = 30;

    private static final int PROMPT = 2;
    private static final int COMPLETION = 3;
    private static final int CREDIT = 5;

    private Costs() {}

    static List<String> lines(Bill bill, Screen screen) {
        if (bill.items().isEmpty()) {
            return List.of();
        }
        Table table = new Table(screen);
        table.headings("Tokens of", "Model", "Prompt", "Completion", "Cost");
        bill.items().forEach(item -> row(table, item, bill));
        if (bill.items().size() > 1) {
            sum(table, bill);
        }
        List<String> lines = new ArrayList<>(
                table.expendable(CREDIT, COMPLETION, PROMPT).names(1, 0).lines());
        screen.prose(source(bill)).forEach(line -> lines.add(Paint.FAINT.on(line, screen.colours())));
        return lines;
    }

    private static void row(Table table, Bill.Item item, Bill bill) {
        table.row(
                Cell.left(Words.clip(item.account(), LONGEST_NAME)).painted(Paint.STRONG),
                Cell.left(Words.clip(item.model(), LONGEST_NAME)),
                Cell.right(Words.count(item.tokens().promptTokens())),
                Cell.right(Words.count(item.tokens().completionTokens())),
                cost(item.cost(), bill),
                Cell.left(item.credit().map(credit -> "of " + credit).orElse("")));
    }

    private static void sum(Table table, Bill bill) {
        TokenUsage tokens = bill.tokens();
        table.row(
                Cell.left("together"),
                Cell.left(""),
                Cell.right(Words.count(tokens.promptTokens())),
                Cell.right(Words.count(tokens.completionTokens())),
                cost(bill.cost(), bill));
    }

    private static Cell cost(Optional<BigDecimal> cost, Bill bill) {
        String text = cost.flatMap(amount -> bill.prices().map(list -> Words.money(amount, list.currency())))
                .orElse("unknown");
        return Cell.right(text).painted(cost.isPresent() ? Paint.STRONG : Paint.CAUTION);
    }

    private static String source(Bill bill) {
        return bill.prices()
                .map(list -> "By the prices of " + list.asOf() + " in " + list.source() + missing(bill, list))
                .orElse("Cost unknown: the configuration names no price list (prices: FILE).");
    }

    private static String missing(Bill bill, Bill.Prices list) {
        String models = bill.items().stream()
                .filter(item -> item.cost().isEmpty())
                .map(Bill.Item::model)
                .distinct()
                .collect(Collectors.joining(", "));
        String gap = models.isEmpty() ? "." : ", which lacks " + models + ": cost unknown.";
        return gap + list.doubt().map(doubt -> " " + doubt).orElse("");
    }
}
