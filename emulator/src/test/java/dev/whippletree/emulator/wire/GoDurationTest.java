package dev.whippletree.emulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "999, 999ns",
        "1500, 1.5µs",
        "370000000, 370ms",
        "149800000, 149.8ms",
        "6000000000, 6s",
        "7660000000, 7.66s",
        "6780999999, 6.780999999s",
        "186000000000, 3m6s",
        "179560000000, 2m59.56s",
        "3600000000000, 1h0m0s",
        "5011000000000, 1h23m31s"
    })
    void nanoseconds_arePrintedAsGoPrintsThem(long nanos, String text) {
        assertThat(GoDuration.format(nanos)).isEqualTo(text);
    }
}
