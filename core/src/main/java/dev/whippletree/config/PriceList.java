package dev.whippletree.config;

import dev.whippletree.model.TokenPrice;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A user's list of token prices of a certain day. Whippletree contains no prices, because they change. Immutable.
 *
 * @param source the file it was read from, as messages name it
 * @param asOf the day of the prices
 * @param staleAfterDays after how many days they should be checked again, 1 or more
 * @param currency of all prices: three letters, lower case
 * @param prices the price of each model at each provider, at least one, without duplicates
 */
public record PriceList(String source, LocalDate asOf, int staleAfterDays, String currency, List<TokenPrice> prices) {

    /** Copies mutable values. */
    public PriceList {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(asOf, "asOf");
        Objects.requireNonNull(currency, "currency");
        prices = List.copyOf(prices);
    }

    /**
     * Reads a list. Blocks while the file is read.
     *
     * @param file the list's path
     * @throws dev.whippletree.model.ConfigurationException with every problem, each with the file and the line
     */
    public static PriceList read(Path file) {
        return PriceListReader.read(file.toString(), TextFile.read(file, ""));
    }

    /**
     * Returns the price of a model at a provider; empty if the list doesn't have it.
     */
    public Optional<TokenPrice> of(String provider, String model) {
        return prices.stream().filter(price -> price.isOf(provider, model)).findFirst();
    }

    /**
     * Checks the list's date.
     *
     * @param today the day on which it is used
     * @return a sentence if it is stale or dated later than tomorrow, else empty
     */
    public Optional<String> doubt(LocalDate today) {
        long days = ChronoUnit.DAYS.between(asOf, today);
        if (days > staleAfterDays) {
            return Optional.of("The prices in " + source + " are from " + asOf + ", " + days
                    + " days old: look them up again and update the date.");
        }
        if (days < -1) {
            return Optional.of("The prices in " + source + " are dated " + asOf + ", which is in the future.");
        }
        return Optional.empty();
    }
}
