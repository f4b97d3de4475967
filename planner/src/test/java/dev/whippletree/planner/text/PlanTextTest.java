package dev.whippletree.planner.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.PlanExamplesTest;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.Planner;
import dev.whippletree.planner.Workload;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.terminal.board.Screen;
import java.util.List;
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
    void onePrompt_isSpokenOfInTheSingular() {
        PlanRequest request = PlanRequest.of(List.of(1), AccountPool.parse("huggingface:1x1000/h"))
                .withAdvice(false)
                .withWorkload(Workload.STANDARD.withQuestions(1));
        CapacityPlan one = new Planner(Runnable::run).plan(request, progress -> {});
        Costs costs = new Costs(Optional.empty(), PlanExamplesTest.AS_OF);

        assertThat(new PlanText(one, costs, new Screen(false, 200)).lines())
                .anyMatch(line -> line.startsWith("In minute 1, 1 prompt was answered: 1 by "));
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
