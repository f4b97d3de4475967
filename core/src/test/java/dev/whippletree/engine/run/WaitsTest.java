package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WaitsTest {

    @ParameterizedTest
    @CsvSource({
        "PT-1S, 0, false, false",
        "PT0S, 0, false, false",
        "PT2S, 2000000000, true, false",
        "P1D, 86400000000000, true, false",
        "PT24H0.000000001S, 86400000000001, true, true",
        "P40000D, 3153600000000000000, true, true"
    })
    void duration_isNeitherNegativeNorLongerThanAHundredYears(
            Duration duration, long nanos, boolean reported, boolean shortened) {
        assertThat(Waits.nanos(duration)).isEqualTo(nanos);
        Failure failure = new Failure(
                FailureKind.RATE_LIMITED,
                "no",
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(duration),
                Reach.ACCOUNT);
        assertThat(Waits.reported(failure))
                .isEqualTo(
                        reported
                                ? OptionalLong.of(Math.min(nanos, Waits.LONGEST_BELIEVED_NANOS))
                                : OptionalLong.empty());
        assertThat(Waits.isShortened(failure)).isEqualTo(shortened);
    }

    @Test
    void waitIsTooLong_ifItIsKnownToEndAfterTheDeadline() {
        OptionalLong deadline = OptionalLong.of(1_100);
        assertThat(Waits.isTooLong(100, deadline, 1_000)).isFalse();
        assertThat(Waits.isTooLong(101, deadline, 1_000)).isTrue();
        assertThat(Waits.isTooLong(101, OptionalLong.empty(), 1_000)).isFalse();
        assertThat(Waits.isTooLong(Waits.UNTIL_EVENT, deadline, 1_000)).isFalse();
        assertThat(Waits.isKnown(Waits.UNTIL_EVENT - 1)).isTrue();
    }
}
