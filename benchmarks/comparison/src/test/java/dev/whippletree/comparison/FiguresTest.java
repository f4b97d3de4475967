package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({"1.005, 1.01", "1.004, 1.00", "2.675, 2.68", "0.999, 1.00", "12, 12.00"})
    void numbers_areRounded_notCut(double value, String text) {
        assertThat(Figures.rounded(value, 2)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "999, 1000, 99.9 %",
        "8499, 8500, 99.9 %",
        "8500, 8500, 100 %",
        "1, 8500, < 0.1 %",
        "0, 8500, 0 %",
        "5200, 8500, 61.2 %",
        "2000, 8500, 23.5 %",
        "1, 8, 12.5 %",
        "6665, 10000, 66.7 %"
    })
    void onlyAll_areAHundredPercent_andOnlyNone_areZero(long part, long all, String text) {
        assertThat(Figures.percent(part, all)).isEqualTo(text);
    }
}
