package dev.whippletree.planner.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Plans;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.terminal.board.Screen;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTextTest {

    private static final Costs PRICED = new Costs(Optional.of(Plans.prices()), Plans.AS_OF);

    @Test
    void oneSize_isToldFromTheAnswerToWhatItStandsOn() {
        List<String> lines = new PlanText(Plans.holding("huggingface-1"), PRICED, new Screen(false, 100)).lines();
        assertThat(String.join("\n", lines)).isEqualTo("""
                        Yes, 500 interviews (8,500 prompts) will be answered within 1 h if 80 % of the
                        questions repeat, prompts have 300 tokens and answers 200; longest wait
                        1 m 04 s.
                        85.0 % of what the accounts allow is used.
                        What binds: 1000 requests / 1h of each account.

                        Interviews  Holds  Calls  No call    Used  Wait p50    p95     worst
                               500  yes    1,700   80.0 %  85.0 %      0 ms  2.0 s  1 m 04 s
                        Used: share of the allowed calls. Wait: for room, not for the answer.
                        In minute 1, 490 prompts were answered: 470 by calls of their own, 20 by calls
                        under way for equal ones, 0 from the cache.

                        Fewest accounts that are enough
                        500 interviews  huggingface (1000 requests / 1h): 2, at 85.0 %

                        Accounts
                        Account        Calls                Used  of its limit
                        huggingface-1    850  █████████░  85.0 %  1000 requests / 1h
                        huggingface-2    850  █████████░  85.0 %  1000 requests / 1h

                        What if
                                              Holds  Calls     Used  Wait p95  Unanswered
                        as it is              yes    1,700   85.0 %     2.0 s           –
                        one more account of   yes    1,700   85.0 %     2.0 s           –
                          huggingface (1)
                        any one account lost  no     2,000  170.0 %     2.0 s       3,500
                        (1) one like the others

                        Cost
                        A run: 510,000 prompt + 340,000 answer tokens.
                        huggingface, openai/gpt-oss…  0.2210 usd
                        By the prices of 2026-11-01 in prices.yaml.
                        Each of huggingface-1 and huggingface-2 may spend 0.10 usd / month: it runs out
                        in minute 6.
                        huggingface-3 may spend 5 usd / month: a run takes 25.0 % of it.
                        huggingface-4 may spend 5 eur / month: when it runs out isn't known without a
                        price in its currency.

                        Assumptions
                        • 80 % of the prompts repeat another one, at every size.
                        • All interviews start at once.""");
    }

    @Test
    void ofSeveralSizes_theSmallestThatDoesntHoldIsShownInDetail() {
        String text = String.join("\n", new PlanText(Plans.several(), PRICED, new Screen(false, 100)).lines());
        assertThat(text)
                .startsWith("Yes for 500; no for 1,000 interviews within 1 h if 80 % of the questions repeat,\n");
        assertThat(text.replaceAll("\\s+", " "))
                .contains(
                        "beside the others: 4, at 92.7 %, which is tight; 5 leave room",
                        "no number of them would do", "Accounts, 1,000 interviews");
    }

    @Test
    void colours_areOnlyForTerminalsThatShowThem() {
        assertThat(new PlanText(Plans.several(), PRICED, new Screen(false, 100)).lines())
                .noneMatch(line -> line.contains("\u001b"));
        assertThat(new PlanText(Plans.several(), PRICED, new Screen(true, 100)).lines())
                .anyMatch(line -> line.contains("\u001b[31m"));
    }

    @Test
    void oldPrices_areSaidToBeOld_andNoPricesMakeNoCost() {
        Costs old = new Costs(Optional.of(Plans.prices()), Plans.AS_OF.plusDays(91));
        assertThat(String.join(" ", new PlanText(Plans.several(), old, new Screen(false, 100)).lines()))
                .contains("91 days old");
        Costs none = new Costs(Optional.empty(), Plans.AS_OF);
        assertThat(String.join(" ", new PlanText(Plans.several(), none, new Screen(false, 100)).lines()))
                .contains("Cost unknown")
                .doesNotContain("0.00 usd");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 120, 200})
    void everyLine_fitsTheScreen(int columns) {
        assertThat(new PlanText(Plans.several(), PRICED, new Screen(false, columns)).lines())
                .allMatch(line -> line.length() <= columns);
    }
}
