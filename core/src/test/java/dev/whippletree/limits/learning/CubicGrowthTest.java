package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class CubicGrowthTest {

    private final CubicGrowth growth = new CubicGrowth(100, 200);

    private double after(int steps) {
        for (int step = 0; step < steps; step++) {
            growth.step();
        }
        return growth.value();
    }

    @Test
    void startsATenthBelowTheCeiling_isThereAfterItsSteps_andAsFarAboveAfterTwiceAsMany() {
        assertThat(growth.value()).isCloseTo(90, within(1e-9));
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
}
