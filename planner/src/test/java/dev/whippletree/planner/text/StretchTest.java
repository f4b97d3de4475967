package dev.whippletree.planner.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Outcome.Minute;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StretchTest {

    @Test
    void anHour_isToldByFirstMinutesAndThenTogether() {
        assertThat(Stretch.briefly(minutes(60)))
                .extracting(Stretch::name)
                .containsExactly("1", "2", "3", "4", "5", "6–10", "11–20", "21–30", "31–40", "41–50", "51–60");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 60, 121, 44_640})
    void noMinuteIsLost_andTheTableStaysShort(int length) {
        List<Minute> timeline = minutes(length);
        assertThat(Stretch.briefly(timeline)).hasSizeLessThanOrEqualTo(17);
        assertThat(Stretch.briefly(timeline).stream().flatMap(stretch -> stretch.minutes().stream()))
                .isEqualTo(timeline);
    }

    @Test
    void stretch_sumsWhatHappenedAndTakesTheStateAtItsEnd() {
        Stretch stretch = new Stretch(minutes(3));
        assertThat(stretch.asked()).isEqualTo(60);
        assertThat(stretch.hitRate()).isEqualTo(0.5);
        assertThat(stretch.callsByAccount()).containsExactly(6L, 12L);
        assertThat(stretch.open()).isEqualTo(3);
        assertThat(stretch.p95Waited()).isEqualTo(Duration.ofSeconds(3));
    }

    private static List<Minute> minutes(int length) {
        return IntStream.rangeClosed(1, length)
                .mapToObj(number -> new Minute(
                        number,
                        20,
                        10,
                        3,
                        2,
                        6,
                        List.of(2L, 4L),
                        List.of(number / 100.0),
                        number,
                        Duration.ofSeconds(number),
                        Duration.ofSeconds(2L * number)))
                .toList();
    }
}
