package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.FIRST;
import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.SECOND;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each fault of each service means to the caller, to the account that has it and to the one beside it. */
@Tag("slow")
final class FaultsTest {

    /** More than the failures in a row after which a target cools down. */
    private static final int MISTAKES_OF_EACH_ACCOUNT = 6;

    private static final Duration MOMENT = Duration.ofSeconds(1);

    /** Far longer than an answer takes that comes at all, also on a busy machine. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);

    private static StageSettings alone(ServiceKind service, Fault fault) {
        return new StageSettings(service)
                .tier(first(MODEL))
                .shortPauses()
                .timeout(Optional.of(MOMENT).filter(time -> fault.kind() == FailureKind.TIMEOUT));
    }

    private static StageSettings beside(ServiceKind service, String rule) {
        return new StageSettings(service).tier(first(MODEL), second(MODEL)).fault(rule);
    }

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
        try (Stage stage = beside(service, fault.script() + ":" + FIRST)
                .timeout(Optional.of(LONGEST_ANSWER).filter(time -> fault.kind() == FailureKind.TIMEOUT))
                .open()) {
            Prompt.Builder prompt = Prompt.builder().user("Why us?");
            if (fault == Fault.FLEX_CAPACITY) {
                prompt.extra("service_tier", "flex");
            }
            Completion answer = stage.answer(prompt.build());

            assertThat(answer.origin().source()).isEqualTo(Origin.Source.CALL);
            assertThat(answer.origin().account()).isEqualTo(SECOND);
            assertThat(answer.origin().attempts()).isEqualTo(2);
            assertThat(stage.counted(FIRST).outcomes()).isEqualTo(Map.of(fault.counted(), 1L));
            assertThat(stage.counted(SECOND).outcomes()).isEqualTo(Map.of("200", 1L));
            StatusSnapshot.AccountStatus failed = stage.account(FIRST);
            assertThat(failed.failures()).isEqualTo(Map.of(fault.kind(), 1L));
            assertThat(failed.rateLimited()).isEqualTo(fault.kind() == FailureKind.RATE_LIMITED ? 1 : 0);
            if (fault != Fault.LIMITED_SILENTLY) { // Which closes it for a second.
                assertThat(failed.state()).isEqualTo(fault.state());
                assertThat(failed.reason().isPresent()).isEqualTo(fault.state() != AccountState.OPEN);
            }
            assertThat(stage.account(SECOND).state()).isEqualTo(AccountState.OPEN);
        }
    }

    static Stream<Arguments> worthAnotherTry() {
        return Fault.everywhere(FailureKind.UNAVAILABLE, FailureKind.TIMEOUT);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("worthAnotherTry")
    void onlyAccount_thatGoesOnFailing_isGivenUpAfterTwoAttempts_whichAreListed(ServiceKind service, Fault fault) {
        try (Stage stage = alone(service, fault).fault(fault.script()).open()) {
            PromptException refusal = stage.refusal("Why us?");

            assertThat(refusal.reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
            assertThat(refusal.attempts()).hasSize(2).allSatisfy(attempt -> {
                assertThat(attempt.account()).isEqualTo(FIRST);
                assertThat(attempt.failure().kind()).isEqualTo(fault.kind());
            });
            // On a busy machine, a call may have timed out before it got there.
            long arrived = fault.kind() == FailureKind.TIMEOUT ? 1 : 2;
            assertThat(stage.counted(FIRST).outcomes())
                    .containsOnlyKeys(fault.counted())
                    .allSatisfy((outcome, count) -> assertThat(count).isBetween(arrived, 2L));
            assertThat(stage.status().prompts().failed()).isEqualTo(1);
            assertThat(stage.status().inFlight()).isZero();
        }
    }

    static Stream<Arguments> mistakes() {
        return Fault.everywhere(FailureKind.REJECTED, FailureKind.FILTERED, FailureKind.TOO_LARGE);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("mistakes")
    void callersMistakes_failAlone_withTheServicesWords_andCloseNoAccount(ServiceKind service, Fault fault) {
        try (Stage stage = beside(service, fault.script() + "#1-" + MISTAKES_OF_EACH_ACCOUNT)
                .open()) {
            for (int i = 0; i < 2 * MISTAKES_OF_EACH_ACCOUNT; i++) {
                PromptException refusal = stage.refusal("Mistake " + i);
                assertThat(refusal.reason())
                        .isEqualTo(Reason.valueOf(fault.kind().name()));
                assertThat(refusal.attempts()).singleElement().satisfies(attempt -> {
                    assertThat(attempt.failure().message()).isNotBlank();
                    assertThat(refusal).hasMessageContaining(attempt.failure().message());
                });
            }

            assertThat(stage.status().accounts()).hasSize(2).allSatisfy(account -> {
                assertThat(account.failures()).isEqualTo(Map.of(fault.kind(), (long) MISTAKES_OF_EACH_ACCOUNT));
                assertThat(account.reason()).isEmpty();
                assertThat(account.state()).isEqualTo(AccountState.OPEN);
                assertThat(stage.counted(account.id()).outcomes())
                        .isEqualTo(Map.of(fault.counted(service), (long) MISTAKES_OF_EACH_ACCOUNT));
            });
            assertThat(stage.answer("Why us?").origin().attempts()).isEqualTo(1);
        }
    }
}
