package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhrasesTest {

    @ParameterizedTest
    @CsvSource({"0.85, 85 %", "0.085, 8.5 %", "0.08449, 8.4 %", "0.00049, 0 %", "1, 100 %", "12.5, '1,250 %'"})
    void share_hasADecimalOnlyIfThatSaysMore(double share, String text) {
        assertThat(Phrases.percent(share)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"a, a", "a b, a and b", "a b c, 'a, b and c'", "a b c d, 'a, b and 2 others'"})
    void list_namesThreeAtMost(String names, String text) {
        assertThat(Phrases.list(List.of(names.split(" ")))).isEqualTo(text);
    }

    /** But a day and a half is in hours, and so is a day; what isn't whole minutes is in seconds. */
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0.0 s",
        "PT17.34S, 17.3 s",
        "PT90S, 90.0 s",
        "PT60.5S, 60.5 s",
        "PT60S, 1 min",
        "PT90M, 90 min",
        "PT1H, 1 h",
        "P1D, 24 h",
        "PT36H, 36 h",
        "P2D, 2 d"
    })
    void time_isInTheLargestUnitOfWhichItIsAWholeNumber(Duration time, String text) {
        assertThat(Phrases.time(time)).isEqualTo(text);
    }
}
