package dev.whippletree.emulator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.emulator.plan.CapacityPlan.Fewest;
import dev.whippletree.emulator.plan.CapacityPlan.SizePlan;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

    static SizePlan plan(PlanRequest request) {
        return new Planner(Runnable::run).plan(request, progress -> {}).sizes().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "50, 2, 170, 0.085, HOLDS, 1",
        "100, 2, 340, 0.17, HOLDS, 1",
        "200, 2, 680, 0.34, HOLDS, 1",
        "500, 2, 1700, 0.85, HOLDS, 2",
        "500, 4, 1700, 0.425, HOLDS, 2",
        "1000, 4, 3400, 0.85, HOLDS, 4",
        "2000, 7, 6800, 0.971, TIGHT, 7"
    })
    void knownArithmetic_comesOutOfTheRun(
            int interviews, int accounts, long calls, double load, Verdict verdict, int fewest) {
        AccountPool pool = AccountPool.parse("huggingface:" + accounts + "x1000/h");

        SizePlan plan = plan(PlanRequest.of(List.of(interviews), pool).withAdvice(false));

        assertThat(plan.asIs().simulated()).isTrue();
        assertThat(plan.asIs().verdict()).isEqualTo(verdict);
        assertThat(plan.asIs().calls()).isEqualTo(calls);
        assertThat(plan.asIs().load()).isCloseTo(load, within(0.001));
        assertThat(plan.fewest())
                .extracting(Fewest::count)
                .extracting(count -> count.orElse(0))
                .containsExactly(fewest);
    }
}
