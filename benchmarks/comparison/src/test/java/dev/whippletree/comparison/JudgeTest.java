package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {

    private static final Results.Origin ORIGIN = Samples.ORIGIN;
    private static final ServiceStats NOTHING_SEEN = new ServiceStats("openai", List.of(), List.of(), 0, 0, 0);

    private static Case asked(Caller... callers) {
        ServiceSettings service = ServiceSettings.builder(ServiceKind.OPENAI)
                .latency(Latency.constant(Duration.ofSeconds(1)))
                .answerLength(AnswerLength.about(60))
                .seed(1)
                .account("account-1", "token-1")
                .build();
        return new Case("a", "A", "", service, true, false, List.of(callers));
    }

    private static Caller caller(String tenant, String... texts) {
        return new Caller(tenant, Duration.ZERO, List.of(texts));
    }

    private static String answer(String text) {
        return dev.whippletree.emulator.model.Answers.text(
                ChatMessage.of(Prompt.of(text).messages()), Case.MODEL);
    }

    private static Answers.Line line(int caller, int index, double from, double to, boolean said, String text) {
        return new Answers.Line(caller, index, from, to, said, text);
    }

    private static Results.Answered judge(Case of, Answers.Line... lines) throws IOException {
        return Judge.judge("somebody", "", of, new Answers(List.of(lines)), NOTHING_SEEN, 0, ORIGIN);
    }

    /** The time is that of the last answer, whichever comes last in the file. */
    @Test
    void judgement_countsEverything() throws IOException {
        ServiceStats seen = new ServiceStats(
                "openai",
                List.of(
                        new AccountStats("account-1", "account-1", 4, 3, 1, Map.of()),
                        new AccountStats("account-2", "account-2", 2, 1, 1, Map.of())),
                List.of(),
                0,
                2,
                3);
        Case of = asked(caller("one", "a", "b"), caller("one", "a"));

        assertThat(Judge.judge(
                        "somebody",
                        "another",
                        of,
                        new Answers(List.of(
                                line(0, 0, 0, 1, true, answer("a")),
                                line(0, 1, 1, 4, false, answer("b")),
                                line(1, 0, 0, 2, true, answer("a") + " "))),
                        seen,
                        1.5,
                        ORIGIN))
                .isEqualTo(new Results.Answered(
                        "somebody",
                        "a",
                        1,
                        ORIGIN,
                        "another",
                        1,
                        new Results.Took(4, false, 3, 1.5),
                        new Results.Said(3, 2, 1, 1, 1),
                        new Results.Seen(6, 2, 0),
                        Map.of(Judge.failure(line(0, 1, 1, 4, false, answer("b"))), 1L)));
        assertThat(of.stopAfter()).isEqualTo(of.bound().multipliedBy(3));
    }

    @Test
    void answerOfAnotherPrompt_isWrong() throws IOException {
        Results.Answered run = judge(
                asked(caller("one", "a", "b")),
                line(0, 0, 0, 1, true, answer("a")),
                line(0, 1, 1, 2, true, answer("a")));

        assertThat(run.said().right()).isEqualTo(1);
        assertThat(run.said().wrong()).isEqualTo(1);
    }

    @Test
    void partOfAnAnswer_isWrong() throws IOException {
        String whole = answer("a");

        Results.Answered run =
                judge(asked(caller("one", "a")), line(0, 0, 0, 1, true, whole.substring(0, whole.length() - 1)));

        assertThat(run.said().wrong()).isEqualTo(1);
    }

    @Test
    void errors_areTheThreeCommonest_theMostOftenFirst_inPart() throws IOException {
        String longest = "x".repeat(161);
        List<Answers.Line> lines = new ArrayList<>();
        for (String text : List.of("a", "b", "b", "c", "c", "c", longest, longest, longest, longest)) {
            lines.add(line(0, lines.size(), 0, 1, false, text));
        }

        Results.Answered run = judge(
                asked(caller("one", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")),
                lines.toArray(Answers.Line[]::new));

        assertThat(List.copyOf(run.failures().entrySet()))
                .containsExactly(Map.entry("x".repeat(160) + "…", 4L), Map.entry("c", 3L), Map.entry("b", 2L));
    }

    @Test
    void errors_areCountedByWhatTheySay_whateverTheirNumbers() throws IOException {
        Results.Answered run = judge(
                asked(caller("one", "a", "b")),
                line(0, 0, 0, 1, false, "429 try again in 100 ms"),
                line(0, 1, 1, 2, false, "429 try again in 99 ms"));

        assertThat(run.said().failed()).isEqualTo(2);
        assertThat(run.failures()).containsOnly(Map.entry("… try again in … ms", 2L));
    }

    @Test
    void missingAnswer_meansStopped_atThreeTimesTheBound() throws IOException {
        Results.Answered run = judge(asked(caller("one", "a", "b")), line(0, 0, 0, 1, true, answer("a")));

        assertThat(run.took().stopped()).isTrue();
        assertThat(run.took().wallSeconds()).isEqualTo(6);
    }

    @Test
    void worstWait_isThatOfTheTenantThatAsksLeast() throws IOException {
        Results.Answered run = judge(
                asked(caller("greedy", "a", "b"), caller("quiet", "c")),
                line(0, 0, 0, 1, true, answer("a")),
                line(0, 1, 1, 5, true, answer("b")),
                line(1, 0, 0, 2, true, answer("c")));

        assertThat(run.took().quietestWorstSeconds()).isEqualTo(2);
    }

    /** It is asked after its caller's pause of 1 s, of which answers may come in any order. */
    @Test
    void promptWithoutAnAnswer_waitsUntilTheEnd() throws IOException {
        Results.Answered run = judge(
                asked(
                        caller("greedy", "a", "b", "e", "f"),
                        new Caller("quiet", Duration.ofSeconds(1), List.of("c", "d", "g"))),
                line(0, 0, 0, 1, true, answer("a")),
                line(1, 1, 2, 3, true, answer("d")),
                line(1, 0, 0, 2, true, answer("c")));

        assertThat(run.took().wallSeconds()).isEqualTo(18);
        assertThat(run.took().quietestWorstSeconds()).isEqualTo(18 - 3 - 1);
    }

    @Test
    void rightAnswersThatNoCallFetched_areCounted() throws IOException {
        Case of = asked(caller("one", "a", "b", "c"), caller("two", "a"));
        Answers right = new Answers(List.of(
                line(0, 0, 0, 1, true, answer("a")),
                line(0, 1, 1, 2, true, answer("b")),
                line(0, 2, 2, 3, true, answer("c")),
                line(1, 0, 0, 1, true, answer("a"))));
        AccountStats account = new AccountStats("account-1", "account-1", 9, 2, 0, Map.of());

        assertThat(unasked(of, right, new ServiceStats("openai", List.of(account), List.of(), 0, 9, 1)))
                .isEqualTo(1);
        assertThat(unasked(of, right, new ServiceStats("openai", List.of(account), List.of(), 0, 1, 9)))
                .isEqualTo(2);
    }

    private static long unasked(Case of, Answers answers, ServiceStats seen) throws IOException {
        return Judge.judge("somebody", "", of, answers, seen, 0, ORIGIN).seen().unasked();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 2", "1, 0"})
    void answerReportedTwice_orToAQuestionThatNobodyAsked_isTheDriversMistake(int caller, int index) {
        Answers.Line once = line(0, 0, 0, 1, true, answer("a"));

        assertThatThrownBy(
                        () -> judge(asked(caller("one", "a", "b")), once, line(caller, index, 0, 1, true, answer("a"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("question " + index + " of caller " + caller + " twice");
    }
}
