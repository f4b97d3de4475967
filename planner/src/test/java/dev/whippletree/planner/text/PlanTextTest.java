package dev.whippletree.planner.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.PlanExamplesTest;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.terminal.board.Screen;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link PlanExamplesTest} doesn't read. */
class PlanTextTest {

    private final CapacityPlan plan = PlanExamplesTest.several();

    @Test
    void oldPrices_areSaidToBeOld() {
        Costs old = new Costs(Optional.of(PlanExamplesTest.prices()), PlanExamplesTest.AS_OF.plusDays(91));
        assertThat(String.join(" ", new PlanText(plan, old, new Screen(false, 100)).lines()))
                .contains("91 days old");
    }

    @Test
    void everyLine_fitsTheScreen() {
        Costs costs = new Costs(Optional.of(PlanExamplesTest.prices()), PlanExamplesTest.AS_OF);
        for (int columns : new int[] {40, 60, 80, 120, 200}) {
            assertThat(new PlanText(plan, costs, new Screen(false, columns)).lines())
                    .allMatch(line -> line.length() <= columns);
        }
    }
}
