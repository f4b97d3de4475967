package dev.whippletree.tests.failures;

import static dev.whippletree.tests.failures.StageSettings.MODEL;
import static dev.whippletree.tests.failures.StageSettings.OTHER_MODEL;
import static dev.whippletree.tests.failures.StageSettings.first;
import static dev.whippletree.tests.failures.StageSettings.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What closes is what the service names: the token, the organization with all its accounts, or one model of it. */
@Tag("slow")
final class ScopeTest {

    private static final ServiceLimit ONE_A_MINUTE = ServiceLimit.bucket(Limit.requests(1, Duration.ofMinutes(1)));
    private static final ServiceLimit TOKENS_A_DAY = ServiceLimit.bucket(Limit.tokens(300, Duration.ofDays(1)));
    private static final ServiceLimit FEW_TOKENS = ServiceLimit.bucket(Limit.tokens(100, Duration.ofMinutes(1)));

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    void creditOfAnOrganization_isSpentForAllItsAccounts(ServiceKind service) {
        try (Stage stage = oneOrganization(service).fault("402").open()) {
            PromptException refusal = stage.refusal("Why us?");

            assertThat(refusal.reason()).isEqualTo(Reason.NO_ACCOUNT);
            assertThat(refusal).hasMessageContaining("account first").hasMessageContaining("account second");
            assertThat(stage.counted().calls()).isEqualTo(1);
            assertThat(stage.status().accounts())
                    .allSatisfy(account -> assertThat(account.state()).isEqualTo(AccountState.OFF));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void restrictedOrganizationOfGroq_closesAllItsAccounts() {
        try (Stage stage = oneOrganization(ServiceKind.GROQ).fault("403").open()) {
            assertThat(stage.refusal("Why us?").reason()).isEqualTo(Reason.NO_ACCOUNT);

            assertThat(stage.counted().calls()).isEqualTo(1);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void minuteLimitOfGroq_isLearnedFromItsRefusals() {
        try (Stage stage = groq().limit(ONE_A_MINUTE)
                .tier(first(MODEL), second(OTHER_MODEL))
                .open()) {
            stage.answer("Question 1");
            stage.answer("Question 2");
            PromptException refusal = stage.refusal(impatient("Question 3"));

            assertThat(refusal.reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
            assertThat(refusal.attempts())
                    .extracting(attempt -> attempt.failure().kind())
                    .containsExactly(FailureKind.RATE_LIMITED, FailureKind.RATE_LIMITED);
            assertThat(stage.counted().rateLimited()).isEqualTo(2);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void dayLimitOfGroqThatNoHeaderTells_isLearnedFromItsRefusal() {
        try (Stage stage = groq().limit(TOKENS_A_DAY).tier(first(MODEL)).open()) {
            stage.answer("Question 1");
            Instant asked = stage.status().at();
            PromptException second = stage.refusal(impatient("Question 2"));
            PromptException third = stage.refusal(impatient("Question 3"));

            assertThat(second.attempts())
                    .extracting(attempt -> attempt.failure().kind())
                    .containsExactly(FailureKind.QUOTA_EXHAUSTED);
            assertThat(third.attempts()).isEmpty();
            assertThat(third.reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
            assertThat(third.roomAt()).hasValueSatisfying(at -> assertThat(at).isAfter(asked.plusSeconds(3600)));
            assertThat(stage.counted("first").rateLimited()).isEqualTo(1);
            assertThat(stage.account("first").state()).isEqualTo(AccountState.BUSY);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void promptLargerThanALimitOfGroq_isTooLarge_andNotWaitedFor() {
        try (Stage stage =
                groq().limit(FEW_TOKENS).tier(first(MODEL), second(MODEL)).open()) {
            assertThat(stage.refusal("Why us?").reason()).isEqualTo(Reason.TOO_LARGE);

            assertThat(stage.counted().calls()).isEqualTo(1);
            assertThat(stage.counted("first").outcomes()).containsOnlyKeys("413");
        }
    }

    private static StageSettings oneOrganization(ServiceKind service) {
        return new StageSettings(service).oneOrganization().tier(first(MODEL), second(MODEL));
    }

    private static StageSettings groq() {
        return new StageSettings(ServiceKind.GROQ);
    }

    /** Waits for less than a sixteenth of a minute, after which a reported wait is tried out. */
    private static Prompt impatient(String text) {
        return Prompt.builder().user(text).deadline(Duration.ofSeconds(3)).build();
    }
}
