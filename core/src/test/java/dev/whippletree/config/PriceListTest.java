package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.model.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PriceListTest {

    private static final String HEAD = "as-of: ' 2026-11-01 '\ncurrency: ' USD '\n";
    private static final String PRICE =
            "prices: [{provider: ' groq ', model: ' m3.10 ', prompt: ' 0.123456789 ', completion: 0}]\n";

    @TempDir
    private Path folder;

    @Test
    void list_isReadWithItsDateAndCurrency() {
        PriceList list = list(HEAD + PRICE);

        assertThat(list.asOf()).isEqualTo(LocalDate.of(2026, 11, 1));
        assertThat(list.currency()).isEqualTo("usd");
        assertThat(list.of("groq", "m3.10").orElseThrow().promptPerMillion()).isEqualByComparingTo("0.123456789");
        assertThat(list.of("groq", "m3.10").orElseThrow().completionPerMillion())
                .isEqualByComparingTo("0");
        assertThat(list.of("groq", "m3.1")).isEmpty();
        assertThat(list.of("huggingface", "m3.10")).isEmpty();
    }

    @Test
    void oldList_isSaidToBeOld_andOneOfTheFutureToo() {
        assertThat(list(HEAD + PRICE).doubt(LocalDate.of(2027, 1, 30))).isEmpty();
        assertThat(list(HEAD + PRICE).doubt(LocalDate.of(2027, 1, 31)).orElseThrow())
                .contains("91 days old");
        PriceList list = list(HEAD + "stale-after-days: 30\n" + PRICE);

        assertThat(list.doubt(LocalDate.of(2026, 12, 1))).isEmpty();
        assertThat(list.doubt(LocalDate.of(2026, 12, 2)).orElseThrow()).contains("31 days old", "2026-11-01");
        assertThat(list.doubt(LocalDate.of(2026, 10, 31))).isEmpty();
        assertThat(list.doubt(LocalDate.of(2026, 10, 30)).orElseThrow()).contains("in the future");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("", ": as-of: set the date of the prices", ": currency: set the currency"),
                mistake("- a", ": expected keys with values here"),
                mistake(HEAD, ": prices: list at least one price"),
                mistake(HEAD + "prices: []", ", line 3: prices: list at least one price"),
                mistake(HEAD + "prices: [a]", ", line 3: prices[0]: expected keys with values here"),
                mistake(
                        "as-of: 11/25\ncurrency: dollars\n" + PRICE,
                        ", line 1: as-of: expected a date such as 2026-11-25, not '11/25'",
                        ", line 2: currency: expected three letters such as usd, not 'dollars'"),
                mistake(
                        HEAD + PRICE.replace("}", ", tax: 1}"),
                        ", line 3: prices[0].tax: unknown key; known: completion, model, prompt, provider"),
                mistake(HEAD + "as-off: x\n" + PRICE, ", line 3: as-off: unknown key; did you mean 'as-of'?"),
                mistake(
                        HEAD + "stale-after-days: 0\n" + PRICE,
                        ", line 3: stale-after-days: expected a whole number, 1 or more, not '0'"),
                mistake(
                        HEAD + "prices: [{provider: groq, model: m, prompt: $1, completion: -1}]",
                        ", line 3: prices[0].prompt: expected the price of a million tokens without a"
                                + " currency, such as 0.15, not '$1'",
                        ", line 3: prices[0].completion: expected the price"),
                mistake(
                        HEAD + "prices: [{}]",
                        ", line 3: prices[0].provider: name the provider",
                        ", line 3: prices[0].model: set the model",
                        ", line 3: prices[0].prompt: set the price of a million prompt tokens",
                        ", line 3: prices[0].completion: set the price of a million completion tokens"),
                mistake(
                        HEAD + "prices:\n- {provider: groq, model: m, prompt: 1, completion: 1}\n"
                                + "- {provider: hf, model: m, prompt: 1, completion: 1}\n"
                                + "- {provider: groq, model: m, prompt: 2, completion: 1}",
                        ", line 6: prices[2].model: the price of m with groq is listed twice"));
    }

    private static Arguments mistake(String yaml, String... lines) {
        return arguments(yaml, List.of(lines));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakes_areToldAllAtOnceWithFileAndLine(String yaml, List<String> lines) {
        ConfigurationException problem = catchThrowableOfType(ConfigurationException.class, () -> list(yaml));

        assertThat(problem.problems()).hasSameSizeAs(lines);
        for (int index = 0; index < lines.size(); index++) {
            assertThat(problem.problems().get(index)).startsWith(file() + lines.get(index));
        }
    }

    private PriceList list(String yaml) {
        try {
            return PriceList.read(Files.writeString(file(), yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file() {
        return folder.resolve("prices.yaml");
    }
}
