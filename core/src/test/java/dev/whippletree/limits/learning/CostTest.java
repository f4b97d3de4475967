package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CostTest {

    private final Cost cost = new Cost(200);

    private void test(int refusals) {
        cost.begin();
        for (int more = 1; more < refusals; more++) {
            cost.refused();
        }
    }

    @Test
    void beforeAnyTest_oneIsTakenToCostOneRefusal() {
        assertThat(cost.callsToNextTest()).isEqualTo(200);
    }

    @Test
    void testThatCostSeveralRefusals_putsTheNextOffByAsManyTimes() {
        test(10);
        assertThat(cost.callsToNextTest()).isEqualTo(2_000);
    }

    @Test
    void cheaperTests_areBelievedByHalves() {
        test(10);
        test(1);
        assertThat(cost.callsToNextTest()).isEqualTo(1_000);
        test(1);
        assertThat(cost.callsToNextTest()).isEqualTo(500);
        test(1);
        test(1);
        assertThat(cost.callsToNextTest()).isEqualTo(200);
    }

    @Test
    void refusalsBeyondAnyTest_areNotCounted() {
        test(1_000);
        assertThat(cost.callsToNextTest()).isEqualTo(6_400);
        test(1);
        assertThat(cost.callsToNextTest()).isEqualTo(3_200);
    }
}
