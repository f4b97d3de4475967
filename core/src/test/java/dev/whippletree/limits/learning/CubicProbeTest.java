package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CubicProbeTest {

    private final CubicProbe probe = new CubicProbe(200);

    private void test(int refusals) {
        probe.refused();
        for (int more = 1; more < refusals; more++) {
            probe.refusedAgain();
        }
    }

    @BeforeEach
    void startBelowAHundred() {
        probe.restart(100, 200, 200);
    }

    private double after(int steps) {
        for (int step = 0; step < steps; step++) {
            probe.step();
        }
        return probe.value();
    }

    @Test
    void startsATenthBelowTheCeiling_isThereAfterItsSteps_andAsFarAboveAfterTwiceAsMany() {
        assertThat(probe.value()).isCloseTo(90, within(1e-9));
        assertThat(after(200)).isCloseTo(100, within(1e-9));
        assertThat(after(200)).isCloseTo(110, within(1e-9));
    }

    @Test
    void aroundTheCeiling_growsSlowly() {
        assertThat(after(100)).isCloseTo(98.75, within(1e-9));
        assertThat(after(200)).isCloseTo(101.25, within(1e-9));
    }

    @Test
    void farBeyond_growsByATenthWithItsStepsEachTime() {
        assertThat(after(600)).isCloseTo(121, within(1e-9));
        assertThat(after(200)).isCloseTo(133.1, within(1e-9));
        assertThat(after(1_000)).isGreaterThan(200);
    }

    @Test
    void onceATenthAbove_itGrowsAsFastAsItIsToldTo() {
        probe.restart(100, 200, 40);
        assertThat(after(440)).isCloseTo(121, within(1e-9));
    }

    @Test
    void cheaperTests_areBelievedByHalves() {
        assertThat(probe.callsToNextTest()).as("one refusal").isEqualTo(200);
        test(10);
        assertThat(probe.callsToNextTest()).isEqualTo(2_000);
        test(1);
        assertThat(probe.callsToNextTest()).isEqualTo(1_000);
        test(1);
        assertThat(probe.callsToNextTest()).isEqualTo(500);
        test(1);
        test(1);
        assertThat(probe.callsToNextTest()).isEqualTo(200);
    }

    @Test
    void refusalsBeyondAnyTest_areNotCounted() {
        test(1_000);
        assertThat(probe.callsToNextTest()).isEqualTo(6_400);
        test(1);
        assertThat(probe.callsToNextTest()).isEqualTo(3_200);
    }
}
