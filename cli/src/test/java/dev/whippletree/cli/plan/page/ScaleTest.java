package dev.whippletree.cli.plan.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {

    @ParameterizedTest
    @CsvSource({"566,600,200", "68,80,20", "1,1,0.5", "0.3,0.3,0.1", "1000,1000,500", "7,8,2"})
    void scale_endsAtARoundNumberThatIsntLess(double highest, double top, double step) {
        Scale scale = Scale.of(highest);
        assertThat(scale.top()).isCloseTo(top, offset(1e-9));
        assertThat(scale.step()).isCloseTo(step, offset(1e-9));
    }

    @Test
    void ticks_goFromNothingToTheTop() {
        assertThat(Scale.of(68).ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0);
        assertThat(Scale.of(0).ticks()).hasSizeGreaterThan(0);
    }

    @Test
    void counts_haveWholeTicks() {
        assertThat(Scale.ofCount(1).ticks()).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
        assertThat(Scale.ofCount(0).ticks()).allMatch(tick -> tick == Math.rint(tick));
    }
}
