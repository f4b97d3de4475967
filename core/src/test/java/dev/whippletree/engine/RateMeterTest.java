package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.flight.RateMeter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateMeterTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void isOverTheLastMinute_andInTheFirstOverWhatHasPassed() {
        RateMeter meter = new RateMeter(-5 * SECOND);
        for (int second = 0; second < 10; second++) {
            meter.mark((second - 5) * SECOND);
        }
        assertThat(meter.perMinute(5 * SECOND)).isEqualTo(60);
        assertThat(meter.perMinute(54 * SECOND)).isBetween(9.0, 11.0);
        assertThat(meter.perMinute(1_000 * SECOND)).isZero();
    }
}
