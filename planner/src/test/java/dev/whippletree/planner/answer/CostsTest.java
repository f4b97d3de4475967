package dev.whippletree.planner.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Plans;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CostsTest {

    private final Outcome outcome =
            Plans.holding("huggingface-1").sizes().get(0).asIs();

    @Test
    void costIsThatOfTheTokens() {
        Costs costs = new Costs(Optional.of(Plans.prices()), Plans.AS_OF);

        // 1,700 calls of 300 and 200 tokens.
        assertThat(costs.lines(outcome)).singleElement().satisfies(line -> {
            assertThat(line.model()).isEqualTo(Plans.MODEL);
            assertThat(line.cost().orElseThrow()).isEqualByComparingTo("0.221");
        });
        assertThat(costs.run(outcome).orElseThrow()).isEqualByComparingTo("0.221");
    }

    @Test
    void withoutAList_noCostIsKnown_butTheTokensAre() {
        Costs costs = new Costs(Optional.empty(), Plans.AS_OF);

        assertThat(costs.run(outcome)).isEmpty();
        assertThat(costs.source()).isEmpty();
        assertThat(costs.lines(outcome)).singleElement().satisfies(line -> {
            assertThat(line.cost()).isEmpty();
            assertThat(line.tokens().total()).isEqualTo(850_000);
        });
    }

    @Test
    void credits_areToldTogetherWhereTheSameIsTrue() {
        assertThat(Sentences.credits(outcome))
                .containsExactly(
                        "Each of huggingface-1 and huggingface-2 may spend 0.10 usd / month: it runs out in minute 6.",
                        "huggingface-3 may spend 5 usd / month: a run takes 25.0 % of it.",
                        "huggingface-4 may spend 5 eur / month: when it runs out isn't known without a price in its"
                                + " currency.");
    }
}
