package dev.whippletree.emulator.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {

    private static final long WINDOW = 1_000;
    private static final Span SPAN = new Span(2 * WINDOW, 10 * WINDOW);

    private static double sum(long everyNanos, long firstNanos) {
        double sum = 0;
        for (long at = firstNanos; at < 20 * WINDOW; at += everyNanos) {
            sum += SPAN.weight(at);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 250, 500, 999})
    void burstEachWindow_countsAsMuchWhereverItStands(long phase) {
        assertThat(sum(WINDOW, phase)).isCloseTo(8, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 700, 1_399})
    void burstsThatComeLess_countLessWhereverTheyStand(long phase) {
        assertThat(sum(1_400, phase)).isCloseTo(8 / 1.4, within(0.01));
    }
}
