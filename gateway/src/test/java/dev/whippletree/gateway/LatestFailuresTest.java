package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.LatestFailures.FailedAttempt;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LatestFailuresTest {

    private Instant now = Instant.EPOCH;
    private final LatestFailures failures = new LatestFailures(() -> now);

    private void fail(String message) {
        now = now.plusSeconds(1);
        failures.attemptFailed("one", "small", Failure.of(FailureKind.TIMEOUT, message), Duration.ofMillis(5));
    }

    @Test
    void failure_isKeptWithItsTime() {
        fail("silent");
        assertThat(failures.lastFirst())
                .containsExactly(new FailedAttempt(
                        Instant.ofEpochSecond(1), "one", "small", Failure.of(FailureKind.TIMEOUT, "silent")));
    }

    @Test
    void onlyTheLastAreKept_theVeryLastFirst() {
        for (int i = 1; i <= LatestFailures.MOST + 3; i++) {
            fail("no. " + i);
        }
        assertThat(failures.lastFirst())
                .hasSize(LatestFailures.MOST)
                .extracting(failed -> failed.failure().message())
                .startsWith("no. 53")
                .endsWith("no. 4");
    }
}
