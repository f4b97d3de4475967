package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyTest {

    /** Of 20,000 draws. Their mean is off by a hundredth at most, three standard deviations. */
    @ParameterizedTest
    @CsvSource({
        "1s, CONSTANT, 0, 1000, 1000",
        "800 ms ~ 20%, UNIFORM, 640, 640, 960",
        "1s~12.5 %, UNIFORM, 875, 875, 1125",
        "1s~lognormal:0.3, LOGNORMAL, 0, 250, 4000",
        "1s~100%, UNIFORM, 0, 0, 2000"
    })
    void latencyAsPeopleWriteIt_isRead_andDrawnFromItsRange(
            String text, Latency.Shape shape, long least, long from, long to) {
        Latency latency = Latency.parse(text);
        Dice dice = new Dice(7);
        DoubleSummaryStatistics millis = LongStream.range(0, 20_000)
                .mapToDouble(draw -> latency.drawNanos(dice) / 1e6)
                .summaryStatistics();

        assertThat(latency.shape()).isEqualTo(shape);
        assertThat(latency.least())
                .isEqualTo(shape == Latency.Shape.CONSTANT ? latency.mean() : Duration.ofMillis(least));
        assertThat(millis.getMin()).isGreaterThanOrEqualTo(from);
        assertThat(millis.getMax()).isLessThanOrEqualTo(to);
        assertThat(millis.getAverage())
                .isCloseTo(latency.mean().toMillis(), within(latency.mean().toMillis() * 0.01));
    }

    @Test
    void widestSpread_isRead() {
        assertThat(Latency.parse("1s~lognormal:3")).isEqualTo(Latency.lognormal(Duration.ofSeconds(1), 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "1s~", "1s~101%", "1s~lognormal", "1s~lognormal:3.1", "-1s", "1s~20"})
    void anythingElse_isRefused_withExamples(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Latency.parse(text))
                .withMessageStartingWith("'" + text + "' is not a latency")
                .withMessageContaining("write, for example, '1s', '800ms~20%'");
    }
}
