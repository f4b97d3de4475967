package dev.whippletree.planner.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Plans;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CostsTest {

    private final Outcome outcome =
            Plans.holding("huggingface-1").sizes().get(0).asIs();

    @Test
    void costIsThatOfTheTokens_withAndWithoutTheCache() {
        Costs costs = new Costs(Optional.of(Plans.prices()), 30, Plans.AS_OF);
        List<Costs.Line> lines = costs.lines(outcome);

        assertThat(lines).extracting(Costs.Line::model).containsExactly(Plans.MODEL, "large");
        assertThat(lines).extracting(Costs.Line::asked).containsExactly(true, false);
        // 1,700 calls of 300 and 200 tokens; 8,500 without the cache.
        assertThat(lines.get(0).cost().orElseThrow()).isEqualByComparingTo("0.221");
        assertThat(lines.get(0).uncachedCost().orElseThrow()).isEqualByComparingTo("1.105");
        assertThat(lines.get(1).cost().orElseThrow()).isEqualByComparingTo("1.19");
        assertThat(costs.run(outcome).orElseThrow()).isEqualByComparingTo("0.221");
        assertThat(costs.month(new BigDecimal("0.221"))).isEqualByComparingTo("6.63");
    }

    @Test
    void withoutAList_noCostIsKnown_butTheTokensAre() {
        Costs costs = new Costs(Optional.empty(), 30, Plans.AS_OF);

        assertThat(costs.run(outcome)).isEmpty();
        assertThat(costs.lines(outcome)).singleElement().satisfies(line -> {
            assertThat(line.cost()).isEmpty();
            assertThat(line.uncachedCost()).isEmpty();
            assertThat(line.tokens().total()).isEqualTo(850_000);
        });
    }
}
