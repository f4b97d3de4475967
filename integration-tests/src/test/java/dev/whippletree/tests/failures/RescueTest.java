package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.FIRST;
import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.RETIRED_MODEL;
import static dev.whippletree.tests.failures.StageSettings.SECOND;
import static dev.whippletree.tests.failures.StageSettings.UNKNOWN_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One of two accounts fails: the caller is answered by the other, at once. */
@Tag("slow")
final class RescueTest {

    static Stream<Arguments> faults() {
        return Fault.everywhere(
                FailureKind.RATE_LIMITED,
                FailureKind.QUOTA_EXHAUSTED,
                FailureKind.OVERLOADED,
                FailureKind.UNAVAILABLE,
                FailureKind.TIMEOUT,
                FailureKind.UNAUTHORIZED);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("faults")
    void oneAccountFails_theOtherAnswersAtOnce(ServiceKind service, Fault fault) {
        try (Stage stage = twoAccounts(service, fault)) {
            Completion answer = stage.answer(prompt("Why us?", fault));

            assertThat(answer.origin().source()).isEqualTo(Origin.Source.CALL);
            assertThat(answer.origin().account()).isEqualTo(SECOND);
            assertThat(answer.origin().attempts()).isEqualTo(2);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(), 1L));
            assertThat(stage.counted(SECOND).outcomes()).isEqualTo(Map.of("200", 1L));
            StatusSnapshot.AccountStatus failed = stage.account(FIRST);
            assertThat(failed.failures()).isEqualTo(Map.of(fault.kind(), 1L));
            assertThat(failed.rateLimited()).isEqualTo(fault.kind() == FailureKind.RATE_LIMITED ? 1 : 0);
            assertThat(failed.state()).isEqualTo(fault.state());
            assertThat(failed.reason().isPresent()).isEqualTo(fault.state() != AccountState.OPEN);
            assertThat(stage.account(SECOND).state()).isEqualTo(AccountState.OPEN);
        }
    }

    static Stream<Arguments> lastingClosures() {
        return faults().filter(row -> {
            Fault fault = (Fault) row.get()[1];
            return fault.state() == AccountState.OFF || fault == Fault.TOLD_TO_WAIT;
        });
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("lastingClosures")
    void accountThatClosed_isLeftAlone_butForProbes(ServiceKind service, Fault fault) {
        try (Stage stage = twoAccounts(service, fault)) {
            for (int i = 0; i < 4; i++) {
                assertThat(stage.answer("Question " + i).origin().account()).isEqualTo(SECOND);
            }

            assertThat(stage.counted(FIRST).calls()).isBetween(1L, fault.state() == AccountState.OFF ? 4L : 1L);
            assertThat(stage.counted(SECOND).outcomes()).isEqualTo(Map.of("200", 4L));
        }
    }

    static Stream<Arguments> failuresThatAreOnlyCounted() {
        return Fault.everywhere(FailureKind.UNAVAILABLE);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("failuresThatAreOnlyCounted")
    void accountThatFailsFiveTimesInARow_coolsDown(ServiceKind service, Fault fault) {
        try (Stage stage = twoAccounts(service, fault)) {
            int asked = 0;
            while (stage.counted(FIRST).calls() < 4) {
                stage.answer("Question " + asked++);
            }
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OPEN);

            while (stage.counted(FIRST).calls() < 5) {
                stage.answer("Question " + asked++);
            }
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.COOLING);
            assertThat(stage.counted(SECOND).answered()).isEqualTo(asked);
        }
    }

    static Stream<Arguments> missingModels() {
        return Arrays.stream(ServiceKind.values())
                .flatMap(service -> Stream.of(UNKNOWN_MODEL, RETIRED_MODEL).map(model -> Arguments.of(service, model)));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("missingModels")
    void modelThatIsNotServed_turnsTheTargetOff_andAnotherAnswers(ServiceKind service, String model) {
        try (Stage stage =
                new StageSettings(service).tier(first(model), second(MODEL)).open()) {
            for (int i = 0; i < 4; i++) {
                assertThat(stage.answer("Question " + i).origin().account()).isEqualTo(SECOND);
            }

            assertThat(stage.counted(FIRST).calls()).isEqualTo(1);
            StatusSnapshot.AccountStatus failed = stage.account(FIRST);
            assertThat(failed.failures()).isEqualTo(Map.of(FailureKind.MODEL_UNAVAILABLE, 1L));
            assertThat(failed.state()).isEqualTo(AccountState.OFF);
            assertThat(failed.reason().orElse("")).contains(model);
        }
    }

    private static Stage twoAccounts(ServiceKind service, Fault fault) {
        return new StageSettings(service)
                .fault(fault.script() + ":" + FIRST)
                .shortTimeout(fault.kind() == FailureKind.TIMEOUT)
                .tier(first(MODEL), second(MODEL))
                .open();
    }

    private static Prompt prompt(String text, Fault fault) {
        Prompt.Builder prompt = Prompt.builder().user(text);
        return fault == Fault.FLEX_CAPACITY
                ? prompt.extra("service_tier", "flex").build()
                : prompt.build();
    }
}
