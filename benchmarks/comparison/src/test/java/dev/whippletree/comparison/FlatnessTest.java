package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlatnessTest {

    private static final int CALLS = 1000;

    private static Flatness after(long... callsInWindows) {
        Flatness flatness = new Flatness(10, 3, 5);
        for (long calls : callsInWindows) {
            assertThat(flatness.isOver()).isFalse();
            for (int second = 0; second < 10; second++) {
                flatness.add(1, calls / 10);
            }
        }
        return flatness;
    }

    @ParameterizedTest
    @CsvSource({"1000, true", "1030, true", "970, true", "1040, false", "960, false"})
    void rateIsFlat_within3PercentOfTheWindowBefore(long calls, boolean over) {
        assertThat(after(500, CALLS, calls).isOver()).isEqualTo(over);
    }

    @Test
    void flatRate_isWatchedForTheLeastTime() {
        assertThat(after(CALLS, CALLS).isOver()).isFalse();
        assertThat(after(CALLS, CALLS, CALLS).rates()).containsExactly(100.0, 100.0, 100.0);
    }

    @Test
    void rateThatNeverGetsFlat_isOverAfterTheLongestTime() {
        assertThat(after(1000, 2000, 3000, 4000).isOver()).isFalse();
        assertThat(after(1000, 2000, 3000, 4000, 5000).isOver()).isTrue();
    }

    /** A look may take longer than it should. */
    @Test
    void windows_areAsLongAsTheyWere() {
        Flatness flatness = new Flatness(10, 3, 5);
        flatness.add(6, 600);
        assertThat(flatness.rates()).isEmpty();
        flatness.add(6, 600);

        assertThat(flatness.rates()).containsExactly(100.0);
    }
}
