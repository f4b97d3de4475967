package dev.whippletree.config;

import dev.whippletree.config.Section.Element;
import dev.whippletree.config.Section.Variables;
import dev.whippletree.model.TokenPrice;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads a price list from YAML and reports every problem at once. Stateless. */
final class PriceListReader {

    private static final int STALE_AFTER_DAYS = 90;
    private static final Pattern CURRENCY = Pattern.compile("[a-z]{3}");
    private static final Pattern PRICE = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    private PriceListReader() {}

    /** Reads a list; fails with every problem. */
    static PriceList read(String source, String yaml) {
        Problems problems = new Problems(source);
        JsonNode document = YamlDocument.read(yaml, problems);
        problems.stop();
        PriceList list = read(source, new Section("", document, Variables.of(Map.of()), problems, Expectations.NONE));
        problems.stop();
        return list;
    }

    /** Reads a list that is part of a file. Its problems are added to the file's. */
    static PriceList read(String source, Section section) {
        PriceList list = list(source, section);
        section.end();
        return list;
    }

    /** Reads the list. A wrong value is replaced by a placeholder and reported, which ends the reading later. */
    private static PriceList list(String source, Section root) {
        LocalDate asOf = needed(root, "as-of", "set the date of the prices, such as 2026-11-25", PriceListReader::day)
                .orElse(LocalDate.EPOCH);
        String currency = needed(
                        root, "currency", "set the currency of the prices, such as usd", PriceListReader::currency)
                .orElse("usd");
        int staleAfterDays = root.integer("stale-after-days", 1).orElse(STALE_AFTER_DAYS);
        List<TokenPrice> prices = new ArrayList<>();
        for (Element element :
                root.list("prices", "[{provider: groq, model: openai/gpt-oss-20b, prompt: 0.05, completion: 0.2}]")) {
            Section section = root.below(element);
            if (section.isMapping()) {
                price(section, currency, asOf).ifPresent(price -> add(price, prices, section));
            }
        }
        if (root.isMapping() && prices.isEmpty() && root.problems().lines().isEmpty()) {
            root.problem("prices", "list at least one price: {provider, model, prompt, completion}");
        }
        return new PriceList(source, asOf, staleAfterDays, currency, prices);
    }

    private static Optional<TokenPrice> price(Section section, String currency, LocalDate asOf) {
        Optional<String> provider = needed(section, "provider", "name the provider, such as groq", String::strip);
        Optional<String> model = needed(section, "model", "set the model, by the service's own name", String::strip);
        Optional<BigDecimal> prompt = amount(section, "prompt");
        Optional<BigDecimal> completion = amount(section, "completion");
        section.end();
        if (provider.isEmpty() || model.isEmpty() || prompt.isEmpty() || completion.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TokenPrice(provider.get(), model.get(), prompt.get(), completion.get(), currency, asOf));
    }

    private static void add(TokenPrice price, List<TokenPrice> prices, Section section) {
        if (prices.stream().anyMatch(other -> other.isOf(price.provider(), price.model()))) {
            section.problem(
                    "model", "the price of " + price.model() + " with " + price.provider() + " is listed twice");
        }
        prices.add(price);
    }

    private static Optional<BigDecimal> amount(Section section, String key) {
        return needed(
                section,
                key,
                "set the price of a million " + key + " tokens; 0 if they are free",
                PriceListReader::amount);
    }

    private static <T> Optional<T> needed(Section section, String key, String what, Function<String, T> reader) {
        if (section.isMapping() && !section.has(key)) {
            section.problem(key, what);
        }
        return section.read(key, reader);
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("expected a date such as 2026-11-25, not '" + text + "'", e);
        }
    }

    private static String currency(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (!CURRENCY.matcher(name).matches()) {
            throw new IllegalArgumentException("expected three letters such as usd, not '" + text + "'");
        }
        return name;
    }

    private static BigDecimal amount(String text) {
        if (!PRICE.matcher(text.strip()).matches()) {
            throw new IllegalArgumentException(
                    "expected the price of a million tokens without a currency, such as 0.15, not '" + text + "'");
        }
        return new BigDecimal(text.strip());
    }
}
