package dev.whippletree.model;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Objects;

/**
 * A service's price for the tokens of a model, from a dated price list. Immutable.
 *
 * @param provider the name of the provider: {@code groq}
 * @param model the service's name of the model
 * @param promptPerMillion the price of a million prompt tokens, 0 or more
 * @param completionPerMillion the price of a million completion tokens, 0 or more
 * @param currency the currency of both prices, three lower-case letters: {@code usd}
 * @param asOf the day on which the price was read
 */
public record TokenPrice(
        String provider,
        String model,
        BigDecimal promptPerMillion,
        BigDecimal completionPerMillion,
        String currency,
        LocalDate asOf) {

    private static final int DIGITS_OF_A_MILLION = 6;

    /** Checks the ranges and writes the currency in lower case. */
    public TokenPrice {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(asOf, "asOf");
        currency = currency.toLowerCase(Locale.ROOT);
        if (promptPerMillion.signum() < 0 || completionPerMillion.signum() < 0) {
            throw new IllegalArgumentException("a price of " + provider + ", " + model + " is negative");
        }
        if (!currency.matches("[a-z]{3}")) {
            throw new IllegalArgumentException("a currency is three letters such as usd, not '" + currency + "'");
        }
    }

    /** Returns whether this is the price of this model at this provider. */
    public boolean isOf(String provider, String model) {
        return this.provider.equals(provider) && this.model.equals(model);
    }

    /** Returns the exact cost of tokens, in {@link #currency}. */
    public BigDecimal cost(TokenUsage tokens) {
        return promptPerMillion
                .multiply(BigDecimal.valueOf(tokens.promptTokens()))
                .add(completionPerMillion.multiply(BigDecimal.valueOf(tokens.completionTokens())))
                .movePointLeft(DIGITS_OF_A_MILLION);
    }
}
