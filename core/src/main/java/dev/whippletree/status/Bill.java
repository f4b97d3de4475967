package dev.whippletree.status;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.Credit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cost of the tokens used so far, by a price list. A missing price makes a cost unknown, never zero. Immutable.
 *
 * @param items the tokens of each account and model that gave an answer, as accounts are ordered; removed ones last
 * @param prices what they are reckoned by; absent: no list was named, and no cost is known
 */
public record Bill(List<Item> items, Optional<Prices> prices) {

    /**
     * The tokens of one model on one account.
     *
     * @param tokens as the service counted them
     * @param cost what they cost; empty if it isn't known
     * @param credit what the account's organization may spend, if that was said
     */
    public record Item(
            String account, String model, TokenUsage tokens, Optional<BigDecimal> cost, Optional<Credit> credit) {}

    /**
     * A price list without its prices.
     *
     * @param source the file it was read from, as messages name it
     * @param asOf the day of the prices
     * @param currency of all costs
     * @param doubt what is doubtful about its date, a sentence, if anything is
     */
    public record Prices(String source, LocalDate asOf, String currency, Optional<String> doubt) {

        private static Prices of(PriceList list, LocalDate today) {
            return new Prices(list.source(), list.asOf(), list.currency(), list.doubt(today));
        }
    }

    public Bill {
        items = List.copyOf(items);
    }

    /** Returns the bill of all accounts, removed ones too, by the prices on a day. */
    public static Bill of(
            StatusSnapshot status, List<AccountSettings> accounts, Optional<PriceList> prices, LocalDate today) {
        Map<AccountModel, TokenUsage> used = new LinkedHashMap<>();
        status.accounts().forEach(account -> add(used, account.id(), account.provider(), account.tokensByModel()));
        status.removed().forEach(account -> add(used, account.id(), account.provider(), account.tokensByModel()));
        List<Item> items = new ArrayList<>();
        used.forEach((use, tokens) -> {
            Optional<Credit> credit = accounts.stream()
                    .filter(settings -> settings.id().equals(use.account()))
                    .findFirst()
                    .flatMap(AccountSettings::credit);
            Optional<BigDecimal> cost =
                    prices.flatMap(list -> list.of(use.provider(), use.model())).map(price -> price.cost(tokens));
            items.add(new Item(use.account(), use.model(), tokens, cost, credit));
        });
        return new Bill(items, prices.map(list -> Prices.of(list, today)));
    }

    private record AccountModel(String account, String provider, String model) {}

    private static void add(
            Map<AccountModel, TokenUsage> used,
            String account,
            String provider,
            Map<String, TokenUsage> tokensByModel) {
        new TreeMap<>(tokensByModel)
                .forEach((model, tokens) ->
                        used.merge(new AccountModel(account, provider, model), tokens, TokenUsage::plus));
    }

    public TokenUsage tokens() {
        return items.stream().map(Item::tokens).reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    /** Returns what all items cost together; empty if that of one isn't known, or if there is none. */
    public Optional<BigDecimal> cost() {
        return items.stream()
                .map(Item::cost)
                .reduce((one, other) -> one.flatMap(amount -> other.map(amount::add)))
                .flatMap(sum -> sum);
    }
}
