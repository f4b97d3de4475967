package dev.whippletree.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.status.LatestFailures.FailedAttempt;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LatestFailuresTest {

    private Instant now = Instant.EPOCH;
    private final LatestFailures failures = new LatestFailures(() -> now);

    private void fail(String message) {
        now = now.plusSeconds(1);
        failures.called(call(new ServiceCall.Failed(Failure.of(FailureKind.TIMEOUT, message))));
    }

    private static ServiceCall call(ServiceCall.CallEnd end) {
        return new ServiceCall(
                "one",
                "openai",
                "small",
                Prompt.of("Hello"),
                false,
                Instant.EPOCH,
                Duration.ofMillis(5),
                Optional.empty(),
                end);
    }

    @Test
    void whatWasGivenUp_isNoFailure() {
        failures.called(call(new ServiceCall.Cancelled()));
        assertThat(failures.lastFirst()).isEmpty();
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
