package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisreportsTest {

    @ParameterizedTest
    @CsvSource({
        "more-left, 5, 10",
        "less-left, 0, 10",
        "past-reset, 0, 0",
        "late-reset, 4, 86400",
        "late-reset=1h, 4, 3600"
    })
    void answerIsWhole_butWhatIsSaidOfLimitsIsWrong(String fault, long left, long resetSeconds) {
        Outcome.Answered answered = (Outcome.Answered) ask(service(fault));

        assertThat(answered.delivery()).isEqualTo(Delivery.WHOLE);
        assertThat(answered.limits()).singleElement().satisfies(state -> {
            assertThat(state.remaining()).isEqualTo(left);
            assertThat(Duration.ofNanos(state.resetNanos())).isEqualTo(Duration.ofSeconds(resetSeconds));
        });
    }

    @Test
    void whatIsCounted_isRightAllTheSame() {
        EmulatedService service = service("more-left");
        for (int i = 0; i < 5; i++) {
            ask(service);
        }

        assertThat(ask(service)).isInstanceOf(Outcome.Refused.class);
    }

    private static EmulatedService service(String fault) {
        return new EmulatedService(
                ServiceSettings.builder(ServiceKind.OPENAI)
                        .account("one", "one", ServiceLimit.sliding(Limit.requests(5, Duration.ofSeconds(10))))
                        .faults(FaultScript.of(FaultRule.parse(fault)))
                        .build(),
                0);
    }

    private static Outcome ask(EmulatedService service) {
        return service.receive(Optional.of("one"), ChatRequest.of("m", "Why here?"), 0);
    }
}
