package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.FIRST;
import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.OTHER_MODEL;
import static dev.whippletree.tests.failures.StageSettings.SECOND;
import static dev.whippletree.tests.failures.StageSettings.UNKNOWN_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The only account of the first tier fails: a later tier answers where the failure allows it. */
@Tag("slow")
final class FallbackTest {

    static Stream<Arguments> leftAtOnce() {
        return Fault.everywhere(
                        FailureKind.RATE_LIMITED,
                        FailureKind.QUOTA_EXHAUSTED,
                        FailureKind.OVERLOADED,
                        FailureKind.TIMEOUT,
                        FailureKind.UNAUTHORIZED,
                        FailureKind.TOO_LARGE)
                .filter(row -> row.get()[1] != Fault.FLEX_CAPACITY);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("leftAtOnce")
    void failureThatAnotherTryWouldNotMend_isAnsweredByTheNextTier(ServiceKind service, Fault fault) {
        try (Stage stage = twoTiers(service, fault)) {
            Completion answer = stage.answer("Why us?");

            assertThat(answer.origin().account()).isEqualTo(SECOND);
            assertThat(answer.origin().model()).isEqualTo(OTHER_MODEL);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(service), 1L));
            assertThat(stage.counted(SECOND).outcomes()).isEqualTo(Map.of("200", 1L));
            assertThat(stage.account(FIRST).state()).isEqualTo(fault.state());
        }
    }

    static Stream<Arguments> triedAgain() {
        return Fault.everywhere(FailureKind.UNAVAILABLE);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("triedAgain")
    void unavailableAccount_isTriedOnceMore_thenTheNextTierAnswers(ServiceKind service, Fault fault) {
        try (Stage stage = twoTiers(service, fault)) {
            Completion answer = stage.answer("Why us?");

            assertThat(answer.origin().account()).isEqualTo(SECOND);
            assertThat(answer.origin().attempts()).isEqualTo(3);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(), 2L));
            assertThat(stage.counted(SECOND).outcomes()).isEqualTo(Map.of("200", 1L));
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void missingModel_isReplacedByAnotherOfTheSameAccount(ServiceKind service) {
        try (Stage stage = new StageSettings(service)
                .tier(first(UNKNOWN_MODEL))
                .tier(first(OTHER_MODEL))
                .open()) {
            assertThat(stage.answer("Why us?").origin().attempts()).isEqualTo(2);
            assertThat(stage.answer("Why you?").origin().attempts()).isEqualTo(1);

            assertThat(stage.counted(FIRST).calls()).isEqualTo(3);
            assertThat(stage.counted(FIRST).answered()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void promptTooLongForTheModel_isNotSentToTheSameModelElsewhere(ServiceKind service) {
        try (Stage stage = new StageSettings(service)
                .fault("413")
                .tier(first(MODEL))
                .tier(second(MODEL))
                .open()) {
            assertThat(stage.refusal("Why us?").reason()).isEqualTo(Reason.TOO_LARGE);

            assertThat(stage.counted(FIRST).calls()).isEqualTo(1);
            assertThat(stage.counted(SECOND).calls()).isZero();
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void everyTierFails_andTheErrorListsEachAttempt(ServiceKind service) {
        try (Stage stage = new StageSettings(service)
                .fault("500")
                .shortPauses()
                .tier(first(MODEL))
                .tier(second(OTHER_MODEL))
                .open()) {
            assertThat(stage.refusal("Why us?")).satisfies(refusal -> {
                assertThat(refusal.reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
                assertThat(refusal.attempts())
                        .extracting(attempt -> attempt.account() + " " + attempt.model())
                        .containsExactly("first model", "first model", "second other-model", "second other-model");
            });
            assertThat(stage.account(FIRST).state()).isEqualTo(AccountState.OPEN);
        }
    }

    private static Stage twoTiers(ServiceKind service, Fault fault) {
        return new StageSettings(service)
                .fault(fault.script() + ":" + FIRST)
                .shortTimeout(fault.kind() == FailureKind.TIMEOUT)
                .tier(first(MODEL))
                .tier(second(OTHER_MODEL))
                .open();
    }
}
