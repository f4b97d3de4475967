package dev.whippletree.comparison.contender;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {

    private final Times times = new Times();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1000, 1",
        "1001, 2",
        "999000, 999",
        "999001, 1000",
        "1000001, 1010",
        "12340001, 12400",
        "30000000000, 30000000"
    })
    void time_isRoundedUpToThreeDigitsOfMicroseconds(long nanos, long micros) {
        times.add(nanos);

        assertThat(times.take()).isEqualTo(micros + ":1");
    }

    @Test
    void take_countsEqualTimes_andForgetsThem() {
        times.add(2_000);
        times.add(5_000_000);
        times.add(1_999);

        assertThat(times.take()).isEqualTo("2:2 5000:1");
        assertThat(times.take()).isEmpty();
    }
}
