package dev.whippletree.model;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an account may spend in a month before its service stops answering. Immutable.
 *
 * @param amount how much a month, above 0
 * @param currency of the amount, three lower-case letters: {@code usd}
 */
public record Credit(BigDecimal amount, String currency) {

    private static final Pattern FORM = Pattern.compile(
            "\\s*(\\d{1,12}(?:\\.\\d{1,9})?)\\s*([a-z]{3})\\s*/\\s*(?:month|mo)\\s*", Pattern.CASE_INSENSITIVE);

    /** Checks the ranges and writes the currency in lower case. */
    public Credit {
        currency = currency.toLowerCase(Locale.ROOT);
        Objects.requireNonNull(amount, "amount");
        if (amount.signum() <= 0) {
            throw new IllegalArgumentException("a credit must be above 0, not " + amount.toPlainString());
        }
        if (!currency.matches("[a-z]{3}")) {
            throw new IllegalArgumentException("a currency must be three letters such as usd, not '" + currency + "'");
        }
    }

    /**
     * Reads a credit as people write it: {@code 0.10 usd / month}, {@code 2usd/month}.
     *
     * @throws IllegalArgumentException if it isn't of that form; the message has a correct example
     */
    public static Credit parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a credit; write, for example, '0.10 usd / month'");
        }
        return new Credit(new BigDecimal(matcher.group(1)), matcher.group(2));
    }

    /** Returns the text that {@link #parse} reads. */
    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency + " / month";
    }
}
