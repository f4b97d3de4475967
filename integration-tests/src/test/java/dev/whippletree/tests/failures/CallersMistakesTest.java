package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.OTHER_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A prompt that is itself at fault fails alone: it costs one call, and no account is closed for it. */
@Tag("slow")
final class CallersMistakesTest {

    /** More than the failures in a row after which a target cools down. */
    private static final int MISTAKES_OF_EACH_ACCOUNT = 6;

    static Stream<Arguments> mistakes() {
        return Fault.everywhere(FailureKind.REJECTED, FailureKind.FILTERED, FailureKind.TOO_LARGE);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("mistakes")
    void mistake_failsAtOnceWithTheServicesReason_andIsAskedNowhereElse(ServiceKind service, Fault fault) {
        try (Stage stage = twoAccounts(service).fault(fault.script()).open()) {
            PromptException refusal = stage.refusal("Why us?");

            assertThat(refusal.reason()).isEqualTo(reason(fault));
            assertThat(refusal.attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.failure().kind()).isEqualTo(fault.kind());
                assertThat(attempt.failure().message()).isNotBlank();
                assertThat(refusal).hasMessageContaining(attempt.failure().message());
            });
            assertThat(stage.counted().calls()).isEqualTo(1);
            assertThat(stage.counted("first").outcomes()).isEqualTo(Map.of(fault.counted(service), 1L));
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("mistakes")
    void manyMistakes_closeNoAccount_andHurtNobodyElse(ServiceKind service, Fault fault) {
        try (Stage stage = twoAccounts(service)
                .fault(fault.script() + "#1-" + MISTAKES_OF_EACH_ACCOUNT)
                .open()) {
            for (int i = 0; i < 2 * MISTAKES_OF_EACH_ACCOUNT; i++) {
                assertThat(stage.refusal("Mistake " + i).reason()).isEqualTo(reason(fault));
            }

            assertThat(stage.status().accounts())
                    .allSatisfy(account -> {
                        assertThat(account.failures()).isEqualTo(Map.of(fault.kind(), (long) MISTAKES_OF_EACH_ACCOUNT));
                        assertThat(account.reason()).isEmpty();
                    })
                    .extracting(StatusSnapshot.AccountStatus::state)
                    .containsExactly(AccountState.OPEN, AccountState.OPEN);
            assertThat(stage.answer("Why us?").origin().attempts()).isEqualTo(1);
            assertThat(stage.answer("Why you?").origin().attempts()).isEqualTo(1);
            assertThat(stage.counted().calls()).isEqualTo(2 * MISTAKES_OF_EACH_ACCOUNT + 2);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("mistakes")
    void onlyAPromptThatIsTooLarge_mayFitALaterTier(ServiceKind service, Fault fault) {
        try (Stage stage = new StageSettings(service)
                .fault(fault.script() + ":first")
                .tier(first(MODEL))
                .tier(second(OTHER_MODEL))
                .open()) {
            if (fault.kind() == FailureKind.TOO_LARGE) {
                assertThat(stage.answer("Why us?").origin().account()).isEqualTo("second");
            } else {
                assertThat(stage.refusal("Why us?").reason()).isEqualTo(reason(fault));
                assertThat(stage.counted("second").calls()).isZero();
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void parameterThatGroqDoesNotTake_isSaidBeforeAnyCall() {
        try (Stage stage = twoAccounts(ServiceKind.GROQ).open()) {
            PromptException refusal = stage.refusal(
                    Prompt.builder().user("Why us?").extra("logprobs", true).build());

            assertThat(refusal.reason()).isEqualTo(Reason.REJECTED);
            assertThat(refusal).hasMessageContaining("logprobs");
            assertThat(stage.counted().calls()).isZero();
        }
    }

    private static StageSettings twoAccounts(ServiceKind service) {
        return new StageSettings(service).tier(first(MODEL), second(MODEL));
    }

    private static Reason reason(Fault fault) {
        return switch (fault.kind()) {
            case TOO_LARGE -> Reason.TOO_LARGE;
            case FILTERED -> Reason.FILTERED;
            case REJECTED -> Reason.REJECTED;
            case RATE_LIMITED, QUOTA_EXHAUSTED, OVERLOADED, UNAVAILABLE, TIMEOUT, UNAUTHORIZED, MODEL_UNAVAILABLE ->
                throw new IllegalArgumentException("no mistake of a caller: " + fault);
        };
    }
}
