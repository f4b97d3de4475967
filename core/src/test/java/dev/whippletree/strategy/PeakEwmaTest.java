package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Picker.Outcome;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeakEwmaTest {

    private static final long SECOND = 1_000_000_000;
    private static final TargetView A = new TargetView("a", 1, 0, 64, 1);
    private static final TargetView B = new TargetView("b", 1, 0, 64, 1);

    /**
     * 4 targets, 12 callers, 20,000 attempts, 3 seeds; one target takes ten times as long as the others. Round-robin
     * gives it a quarter. With in flight counted and latencies known it should have an equal part of what is in flight
     * weighted by latency once more, which is 1/100 of a fast one's; it is also tried whenever it has been idle long
     * enough. 2 % bounds both.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void slowTarget_isHardlyPicked_butNotForgotten(long seed) {
        Picker picker = new PeakEwma().open(Settings.none("route test"), new SplittableRandom(seed));
        ClosedLoop loop = new ClosedLoop(picker, Map.of("a", 100, "b", 100, "c", 100, "slow", 1_000), 12);

        Map<String, Integer> picks = loop.run(20_000);

        assertThat(picks.get("slow")).isBetween(2, 400);
    }

    @Test
    void decay_isHowLongSlownessIsRemembered() {
        Picker brief = open(Map.of("decay", "1s"));
        Picker usual = open(Map.of());
        for (Picker picker : List.of(brief, usual)) {
            picker.ended("a", Outcome.ANSWERED, SECOND, 10 * SECOND);
            picker.ended("b", Outcome.ANSWERED, 20 * SECOND, 0);
        }

        assertThat(brief.pick(List.of(A, B), 10 * SECOND)).isEqualTo(1);
        assertThat(usual.pick(List.of(A, B), 10 * SECOND)).isZero();
    }

    @Test
    void penalty_isHowMuchAFailureCounts() {
        Picker lenient = open(Map.of("penalty", "100ms"));
        Picker usual = open(Map.of());
        for (Picker picker : List.of(lenient, usual)) {
            picker.ended("a", Outcome.ANSWERED, SECOND, 0);
            picker.ended("b", Outcome.FAILED, 1, 0);
        }

        assertThat(lenient.pick(List.of(A, B), 0)).isEqualTo(1);
        assertThat(usual.pick(List.of(A, B), 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"decay", "penalty"})
    void settingThatIsNoDuration_isRefusedByName(String name) {
        assertThatThrownBy(() -> open(Map.of(name, "quick")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("route test")
                .hasMessageContaining(name)
                .hasMessageContaining("quick");
    }

    private static Picker open(Map<String, String> settings) {
        return new PeakEwma().open(new Settings("route test", settings), new SplittableRandom(1));
    }
}
