package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.flight.FailurePolicy;
import dev.whippletree.settings.Retries;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void staysBetweenItsFloorAndItsDoublingBound() {
        SplittableRandom random = new SplittableRandom(1);
        for (int failures = 0; failures < 200; failures++) {
            long bound = (long) Math.min(15 * SECOND, 0.5 * SECOND * Math.pow(2, failures));
            assertThat(FailurePolicy.backoffNanos(failures, Retries.DEFAULT, Duration.ZERO, random))
                    .isBetween(0L, bound);
            assertThat(FailurePolicy.backoffNanos(failures, Retries.DEFAULT, Duration.ofSeconds(20), random))
                    .isEqualTo(20 * SECOND);
        }
    }
}
