package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.FIRST;
import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.UNKNOWN_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The only account fails: the caller waits where a wait is known, is tried again where that may help, and is told at
 * once else.
 */
@Tag("slow")
final class LoneAccountTest {

    static Stream<Arguments> closedForGood() {
        return Fault.everywhere(FailureKind.QUOTA_EXHAUSTED, FailureKind.UNAUTHORIZED);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("closedForGood")
    void accountThatOnlyAPersonCanMend_failsEveryPromptAtOnce_withOneCallOrAProbe(ServiceKind service, Fault fault) {
        try (Stage stage = settings(service).fault(fault.script()).open()) {
            PromptException first = stage.refusal("Why us?");
            PromptException second = stage.refusal("Why you?");

            assertThat(first.reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(first.attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.account()).isEqualTo(FIRST);
                assertThat(attempt.failure().kind()).isEqualTo(fault.kind());
                assertThat(first)
                        .hasMessageContaining("account first")
                        .hasMessageContaining(attempt.failure().message());
            });
            assertThat(second.reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(second.attempts()).hasSizeLessThanOrEqualTo(1);
            assertThat(stage.counted(FIRST).outcomes()).containsOnlyKeys(fault.counted());
            assertThat(stage.counted(FIRST).calls()).isBetween(1L, 2L);
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OFF);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void modelThatNobodyServes_failsEveryPromptAtOnce_withOneCallOrAProbe(ServiceKind service) {
        try (Stage stage = new StageSettings(service).tier(first(UNKNOWN_MODEL)).open()) {
            PromptException first = stage.refusal("Why us?");

            assertThat(first.reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(first).hasMessageContaining(UNKNOWN_MODEL);
            assertThat(stage.refusal("Why you?").reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(stage.counted(FIRST).calls()).isBetween(1L, 2L);
        }
    }

    /** The deadline is longer than any call here takes, which no closure of a second or less would leave room for. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void deadlineBeforeTheAccountOpens_isRefusedAtOnce_withTheTimeAtWhichThereWouldBeRoom(ServiceKind service) {
        Fault fault = Fault.TOLD_TO_WAIT;
        try (Stage stage = settings(service)
                .shortPauses()
                .fault(fault.script())
                .deadline(Duration.ofSeconds(30))
                .open()) {
            Instant asked = stage.status().at();

            PromptException refusal = stage.refusal("Why us?");

            assertThat(refusal.reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
            assertThat(refusal.roomAt()).hasValueSatisfying(at -> assertThat(at).isAfter(asked.plusSeconds(59)));
            assertThat(refusal.attempts())
                    .singleElement()
                    .satisfies(attempt -> assertThat(attempt.failure().kind()).isEqualTo(fault.kind()));
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(), 1L));
            assertThat(stage.account(FIRST).state()).isEqualTo(fault.state());
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void limitHitWithoutAWait_isWaitedFor_andDoesNotCountAsAnAttempt(ServiceKind service) {
        try (Stage stage = settings(service).shortPauses().fault("429-silent#1").open()) {
            Completion answer = stage.answer("Why us?");

            assertThat(answer.origin().attempts()).isEqualTo(2);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of("429", 1L, "200", 1L));
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OPEN);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void overloadedAccount_coolsDown_andIsProbedByTheWaitingPrompt(ServiceKind service) {
        try (Stage stage = settings(service).shortPauses().fault("503#1").open()) {
            Completion answer = stage.answer("Why us?");

            assertThat(answer.origin().attempts()).isEqualTo(2);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of("503", 1L, "200", 1L));
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OPEN);
        }
    }

    static Stream<Arguments> worthAnotherTry() {
        return Fault.everywhere(FailureKind.UNAVAILABLE, FailureKind.TIMEOUT);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("worthAnotherTry")
    void passingFailure_isTriedOnceMoreOnTheSameAccount(ServiceKind service, Fault fault) {
        try (Stage stage =
                impatient(service, fault).fault(fault.script() + "#1").open()) {
            Completion answer = stage.answer("Why us?");

            assertThat(answer.origin().attempts()).isEqualTo(2);
            assertThat(stage.counted(FIRST).calls()).isEqualTo(2);
            assertThat(stage.account(FIRST).answered()).isEqualTo(1);
            assertThat(stage.account(FIRST).failures()).isEqualTo(Map.of(fault.kind(), 1L));
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OPEN);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("worthAnotherTry")
    void lastingFailure_failsAfterTwoAttempts_andListsThem(ServiceKind service, Fault fault) {
        try (Stage stage = impatient(service, fault).fault(fault.script()).open()) {
            PromptException refusal = stage.refusal("Why us?");

            assertThat(refusal.reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
            assertThat(refusal.attempts()).hasSize(2).allSatisfy(attempt -> {
                assertThat(attempt.account()).isEqualTo(FIRST);
                assertThat(attempt.failure().kind()).isEqualTo(fault.kind());
            });
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(), 2L));
            assertThat(stage.status().prompts().failed()).isEqualTo(1);
            assertThat(stage.status().inFlight()).isZero();
        }
    }

    private static StageSettings settings(ServiceKind service) {
        return new StageSettings(service).tier(first(MODEL));
    }

    private static StageSettings impatient(ServiceKind service, Fault fault) {
        return settings(service).shortPauses().shortTimeout(fault.kind() == FailureKind.TIMEOUT);
    }
}
