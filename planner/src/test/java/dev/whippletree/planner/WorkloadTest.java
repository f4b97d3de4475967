package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Priority;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadTest {

    private static final Workload STANDARD = Workload.STANDARD;

    /** A change to the outermost that is right, one to what isn't, and what is said of that. */
    static Stream<Arguments> bounds() {
        return Stream.of(
                bound(w -> w.withQuestions(1), w -> w.withQuestions(0), "1 to 10000 questions, not 0"),
                bound(w -> w.withQuestions(10_000), w -> w.withQuestions(10_001), "10000 questions, not 10001"),
                bound(w -> w.withRepeat(0), w -> w.withRepeat(-0.01), "0 % to 100 %, not -1 %"),
                bound(w -> w.withRepeat(1), w -> w.withRepeat(1.01), "0 % to 100 %, not 101 %"),
                bound(w -> w.withTokens(40, 40), w -> w.withTokens(39, 40), "prompt must have 40 to 100000 tokens"),
                bound(w -> w.withTokens(100_000, 40), w -> w.withTokens(100_001, 40), "prompt must have 40"),
                bound(w -> w.withTokens(40, 40), w -> w.withTokens(40, 39), "answer must have 40 to 100000 tokens"),
                bound(w -> w.withDistinct(1), w -> w.withDistinct(0), "1 or more questions, not 0"),
                bound(w -> w.withMaxTokens(200), w -> w.withMaxTokens(199), "200 tokens don't fit a bound of 199"),
                bound(
                        w -> w.withInterview(Duration.ofNanos(1)),
                        w -> w.withInterview(Duration.ZERO),
                        "duration must be positive"),
                bound(
                        w -> w.withOver(Duration.ZERO),
                        w -> w.withOver(Duration.ofNanos(-1)),
                        "can't start within a negative time"));
    }

    private static Arguments bound(UnaryOperator<Workload> right, UnaryOperator<Workload> wrong, String problem) {
        return Arguments.of(right, wrong, problem);
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void whatIsOutOfRange_isRefused(UnaryOperator<Workload> right, UnaryOperator<Workload> wrong, String problem) {
        assertThatCode(() -> right.apply(STANDARD)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wrong.apply(STANDARD))
                .withMessageContaining(problem);
    }

    /** Interviews of 20 minutes that start over 40. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT60M   | PT0S  | 1 |",
                "P31D    | PT1S  | 1 |",
                "PT59M   | PT0S  | 1 | the last interview ends after 1 h at the earliest, but the plan looks ahead for 59 min only",
                "PT0S    | PT0S  | 1 | more than zero and at most 31 days, not 0.0 s",
                "P31DT1S | PT0S  | 1 | more than zero and at most 31 days",
                "PT60M   | PT-1S | 1 | a wait can't be negative: -1.0 s",
                "PT60M   | PT0S  | 0 | a plan needs 1 or more interviews, not [5, 0]"
            })
    void requestThatCantBePlanned_isRefused(Duration horizon, Duration wait, int size, @Nullable String problem) {
        AbstractThrowableAssert<?, ?> thrown = assertThatCode(() -> PlanRequest.of(
                        List.of(5, size), AccountPool.parse("groq:1x30/min"))
                .withWorkload(STANDARD.withInterview(Duration.ofMinutes(20)).withOver(Duration.ofMinutes(40)))
                .withLongestWait(wait)
                .withHorizon(horizon));
        if (problem == null) {
            thrown.doesNotThrowAnyException();
        } else {
            thrown.isInstanceOf(IllegalArgumentException.class).hasMessageContaining(problem);
        }
    }

    /** What is changed, and which of its parts then differ. */
    static Stream<Arguments> changes() {
        PromptList prompts = new PromptList.Builder()
                .add(Optional.empty(), 1, 99, OptionalInt.empty())
                .build();
        Workload all = STANDARD.withQuestions(3)
                .withDistinct(9)
                .withTokens(60, 50)
                .withMaxTokens(70)
                .withInterview(Duration.ofMinutes(2))
                .withOver(Duration.ofMinutes(4));
        AccountPool pool = AccountPool.parse("groq:1x30/min");
        PlanRequest request = PlanRequest.of(List.of(2), pool)
                .withWorkload(all)
                .withLongestWait(Duration.ofSeconds(8))
                .withSeed(5)
                .withAdvice(false)
                .withPrices(PlanExamplesTest.prices());
        return Stream.of(
                Arguments.of(all, all.withQuestions(4), "questions"),
                Arguments.of(all, all.withRepeat(0.6), "repeat distinct"),
                Arguments.of(all, all.withDistinct(8), "distinct"),
                Arguments.of(all, all.withTokens(61, 51), "promptTokens answerTokens maxTokens"),
                Arguments.of(all, all.withMaxTokens(71), "maxTokens"),
                Arguments.of(all, all.withInterview(Duration.ofMinutes(3)), "interview"),
                Arguments.of(all, all.withOver(Duration.ofMinutes(3)), "over"),
                Arguments.of(all, all.withPrompts(prompts), "questions repeat distinct promptTokens prompts"),
                Arguments.of(request, request.withWorkload(STANDARD), "workload"),
                Arguments.of(request, request.withLatency(Latency.constant(Duration.ofSeconds(3))), "latency"),
                Arguments.of(request, request.withHorizon(Duration.ofHours(2)), "horizon"),
                Arguments.of(request, request.withLongestWait(Duration.ofSeconds(9)), "longestWait"),
                Arguments.of(request, request.withSeed(6), "seed"),
                Arguments.of(request, request.withAdvice(true), "advice"),
                Arguments.of(request.withAdvice(true), request, "advice"),
                Arguments.of(
                        PlanRequest.of(List.of(2), pool),
                        PlanRequest.of(List.of(2), pool).withPrices(PlanExamplesTest.prices()),
                        "prices"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("changes")
    void change_keepsAllElse(Record before, Record after, String parts) throws ReflectiveOperationException {
        List<String> changed = new ArrayList<>();
        for (RecordComponent part : before.getClass().getRecordComponents()) {
            if (!part.getAccessor().invoke(before).equals(part.getAccessor().invoke(after))) {
                changed.add(part.getName());
            }
        }
        assertThat(changed).containsExactly(parts.split(" "));
    }

    private static Questions questions(Workload workload, int interviews, double leave) {
        AccountPool pool = AccountPool.parse("groq:1x30/min").withReserve(leave);
        return new Questions(
                PlanRequest.of(List.of(interviews), pool)
                        .withWorkload(workload)
                        .withLatency(Latency.constant(Duration.ofSeconds(2))),
                interviews);
    }

    /** Answers take two seconds. */
    @ParameterizedTest
    @CsvSource({"5, 50, 10", "5, 10, 0", "5, 9, 0", "1, 50, 0"})
    void pauses_areWhatAnswersLeaveOfAnInterview(int questions, int interview, int think) {
        Workload workload = STANDARD.withQuestions(questions).withInterview(Duration.ofSeconds(interview));

        assertThat(questions(workload, 1, 0).think()).isEqualTo(Duration.ofSeconds(think));
        assertThat(questions(STANDARD, 1, 0).think()).isZero();
    }

    /** Of a bank of 100, so many prompts ask 100 × (1 − 0.99^n) on average. */
    @ParameterizedTest
    @CsvSource({"1, 0.8, 0, 3", "2, 0.8, 0, 7", "2, 1, 0, 1", "1, 0, 100, 16", "10, 0, 100, 82", "1, 0, 1, 1"})
    void distinctPrompts_areThoseThatCost(int interviews, double repeat, int bank, long distinct) {
        Workload workload = STANDARD.withRepeat(repeat);

        assertThat(questions(bank > 0 ? workload.withDistinct(bank) : workload, interviews, 0)
                        .distinct())
                .isEqualTo(distinct);
    }

    @Test
    void prompts_haveTheirOwnBoundOrThePlans_andTheRoutesPriority() {
        PromptList list = new PromptList.Builder()
                .add(Optional.of("a"), 1, 50, OptionalInt.of(70))
                .add(Optional.of("a"), 2, 50, OptionalInt.empty())
                .build();
        Workload workload = STANDARD.withMaxTokens(300).withPrompts(list);

        for (double leave : new double[] {0, 0.1}) {
            Questions questions = questions(workload, 1, leave);
            assertThat(List.of(0, 1))
                    .extracting(question -> questions
                            .plan()
                            .prompt(0, question)
                            .parameters()
                            .maxTokens()
                            .getAsInt())
                    .containsExactly(70, 300);
            assertThat(questions.plan().prompt(0, 0).priority())
                    .isEqualTo(leave > 0 ? Priority.BATCH : Priority.INTERACTIVE);
        }
    }
}
