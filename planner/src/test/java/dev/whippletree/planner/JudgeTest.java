package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.Times;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {

    private static final Binding BINDING = new Binding(Cause.LIMIT, "1000 requests / 1h of huggingface-1");

    private static Judge.Judgement judged(long answered, double load, int waitedSeconds, Optional<Duration> longest) {
        PlanRequest request = PlanRequest.of(List.of(10), AccountPool.parse("huggingface:1x1000/h"));
        Duration waited = Duration.ofSeconds(waitedSeconds);
        return new Judge(longest.map(request::withLongestWait).orElse(request))
                .judge(
                        new Judge.Figures(
                                170,
                                answered,
                                0,
                                load,
                                34,
                                1000,
                                new Times(Duration.ZERO, Duration.ofSeconds(1), waited),
                                0),
                        BINDING);
    }

    @Test
    void onePromptThatIsNeverAnswered_isOneTooMany() {
        assertThat(judged(170, 0.5, 0, Optional.empty()).verdict()).isEqualTo(Verdict.HOLDS);
        assertThat(judged(169, 0.5, 0, Optional.empty()).verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
    }

    @ParameterizedTest
    @CsvSource({"0.9, HOLDS", "0.9001, TIGHT"})
    void nineTenthsOfWhatIsAllowed_isComfortable(double load, Verdict verdict) {
        assertThat(judged(170, load, 0, Optional.empty()).verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"30, HOLDS", "31, DOES_NOT_HOLD"})
    void waitIsAcceptable_upToTheOneThatWasStated(int seconds, Verdict verdict) {
        assertThat(judged(170, 0.5, seconds, Optional.of(Duration.ofSeconds(30)))
                        .verdict())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "huggingface:1x1000/h, 170, HOLDS",
        "huggingface:1, 170, UNKNOWN",
        "'huggingface:1x1000/h,huggingface:1', 170, UNKNOWN",
        "huggingface:1, 169, DOES_NOT_HOLD"
    })
    void accountWithoutLimits_leavesAYesUnknown(String accounts, long answered, Verdict verdict) {
        AccountPool pool = AccountPool.parse(accounts);
        Judge.Judgement judgement = new Judge(PlanRequest.of(List.of(10), pool))
                .withUnknown(judged(answered, 0.5, 0, Optional.empty()), PlannedAccount.of(pool));
        assertThat(judgement.verdict()).isEqualTo(verdict);
        if (verdict == Verdict.UNKNOWN) {
            assertThat(judgement.reason()).contains("no limits; if there really are none, the answer is yes");
        }
    }

    @Test
    void ofSeveralCredits_theFirstThatRunsOutBinds() {
        List<CreditUse> credits = List.of(
                credit("a", OptionalInt.of(7)), credit("b", OptionalInt.of(2)), credit("c", OptionalInt.empty()));
        Times none = new Times(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        assertThat(Judge.binding(none, 0, Optional.empty(), credits))
                .isEqualTo(new Binding(Cause.CREDIT, "the credit of b (1 usd / month) runs out in minute 2"));
        assertThat(Judge.binding(none, 0, Optional.empty(), credits.subList(2, 3))
                        .cause())
                .isEqualTo(Cause.NOTHING);
    }

    private static CreditUse credit(String organization, OptionalInt minute) {
        return new CreditUse(organization, "1 usd / month", Optional.of(1.0), minute);
    }
}
