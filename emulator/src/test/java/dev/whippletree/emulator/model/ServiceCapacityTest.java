package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServiceCapacityTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void requestsBeyondTheCapacity_waitTheirTurn() {
        EmulatedService service = service(ServiceCapacity.ofService(2));

        assertThat(answeredAfterSeconds(service, "one", "one", "two", "two", "one"))
                .containsExactly(1L, 1L, 2L, 2L, 3L);
    }

    @Test
    void capacityOfAnAccount_isItsOwn() {
        EmulatedService service = service(ServiceCapacity.ofAccount(1));

        assertThat(answeredAfterSeconds(service, "one", "one", "two", "one", "two"))
                .containsExactly(1L, 2L, 1L, 3L, 2L);
    }

    @Test
    void bothCapacities_holdTogether() {
        EmulatedService service = service(new ServiceCapacity(OptionalInt.of(2), OptionalInt.of(1)));

        assertThat(answeredAfterSeconds(service, "one", "one", "two", "two")).containsExactly(1L, 2L, 1L, 2L);
    }

    @Test
    void idleTime_isNotSaved() {
        EmulatedService service = service(ServiceCapacity.ofService(1));
        answeredAfterSeconds(service, "one", "one");

        Outcome.Answered later = (Outcome.Answered) ask(service, "one", 10 * SECOND);

        assertThat(later.wholeNanos()).isEqualTo(SECOND);
    }

    @Test
    void nobodyAtWork_isRefused() {
        assertThatThrownBy(() -> ServiceCapacity.ofService(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static EmulatedService service(ServiceCapacity capacity) {
        return new EmulatedService(
                ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                        .account("one", "one")
                        .account("two", "two")
                        .latency(Latency.constant(Duration.ofSeconds(1)))
                        .capacity(capacity)
                        .build(),
                0);
    }

    private static List<Long> answeredAfterSeconds(EmulatedService service, String... accounts) {
        return Stream.of(accounts)
                .map(account -> ((Outcome.Answered) ask(service, account, 0)).wholeNanos() / SECOND)
                .toList();
    }

    private static Outcome ask(EmulatedService service, String account, long nowNanos) {
        return service.receive(Optional.of(account), ChatRequest.of("m", "Why here?"), nowNanos);
    }
}
