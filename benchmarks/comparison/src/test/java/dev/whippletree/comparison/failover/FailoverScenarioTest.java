package dev.whippletree.comparison.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.comparison.failover.Reply.Ending;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverScenarioTest {

    private static final Reply WHOLE = whole(1);
    private static final Reply ERROR = reply(Ending.ERROR, "", "", false, 0, 1);

    private static Reply reply(Ending ending, String text, String model, boolean usage, double sent, double seconds) {
        return new Reply(ending, text, model, usage, "", sent, seconds);
    }

    private static Reply whole(double seconds) {
        return reply(Ending.ANSWERED, FailoverScenario.WHOLE, FailoverScenario.FALLBACK, true, 0, seconds);
    }

    private static Reply answered(String text) {
        return reply(Ending.ANSWERED, text, FailoverScenario.FALLBACK, true, 0, 1);
    }

    /** Returns a run with one request and calls at these times, the last of them answered. */
    private static FailoverRun run(Reply reply, double... calls) {
        return new FailoverRun(true, List.of(reply), attempts(calls), 1, 0, true);
    }

    private static List<Attempt> attempts(double... calls) {
        return Arrays.stream(calls)
                .mapToObj(at -> new Attempt(at, at == calls[calls.length - 1]))
                .toList();
    }

    private static FailoverRun withoutFallback(Reply reply, double... calls) {
        return new FailoverRun(false, List.of(reply), attempts(calls), 0, 0, true);
    }

    private static Judgement pass() {
        return new Judgement(Verdict.PASS, "");
    }

    static Stream<Arguments> runs() {
        Reply otherModel = reply(Ending.ANSWERED, FailoverScenario.WHOLE, "first-choice-S16", true, 0, 1);
        Reply noUsage = reply(Ending.ANSWERED, FailoverScenario.WHOLE, FailoverScenario.FALLBACK, false, 0, 1);
        return Stream.of(
                Arguments.of(FailoverScenario.LIMITED_ONCE, run(WHOLE, 0, 1.8), Verdict.PASS, ""),
                Arguments.of(
                        FailoverScenario.LIMITED_ONCE, run(WHOLE, 0, 1.7), Verdict.PARTIAL, "`Retry-After` not obeyed"),
                Arguments.of(
                        FailoverScenario.LIMITED_ONCE,
                        run(WHOLE, 0),
                        Verdict.PARTIAL,
                        "not retried, `Retry-After` not obeyed"),
                Arguments.of(FailoverScenario.LIMITED_ONCE, run(WHOLE, 0, 0.5, 1.4), Verdict.FAIL, "hammered"),
                Arguments.of(FailoverScenario.LIMITED, run(WHOLE, 0, 1, 2, 2.9), Verdict.PASS, ""),
                Arguments.of(FailoverScenario.LIMITED, run(WHOLE, 5, 6, 7, 7.5, 7.9), Verdict.FAIL, "hammered"),
                Arguments.of(
                        FailoverScenario.LIMITED, run(WHOLE, 0, 3, 6, 9, 12, 15, 18), Verdict.FAIL, "too many calls"),
                Arguments.of(FailoverScenario.LIMITED, run(ERROR, 0), Verdict.SAFE, "not answered"),
                Arguments.of(FailoverScenario.BROKEN_ONCE, run(WHOLE, 0), Verdict.PARTIAL, "not retried"),
                Arguments.of(
                        FailoverScenario.OVERLOADED, run(WHOLE, 0, 1, 2, 3, 4, 5, 6), Verdict.FAIL, "too many calls"),
                Arguments.of(FailoverScenario.SILENT, run(whole(101), 0), Verdict.FAIL, "over 100 s"),
                Arguments.of(
                        FailoverScenario.SILENT,
                        run(whole(92), 0, 30, 60),
                        Verdict.PARTIAL,
                        "the silent model asked again"),
                Arguments.of(FailoverScenario.SLOW, run(whole(21), 0), Verdict.PARTIAL, "over 15 s"),
                Arguments.of(FailoverScenario.SLOW, withoutFallback(whole(21), 0), Verdict.PASS, ""),
                Arguments.of(FailoverScenario.STALLED, run(whole(46), 0), Verdict.FAIL, "over 45 s"),
                Arguments.of(FailoverScenario.MALFORMED, run(ERROR, 0), Verdict.SAFE, "not answered"),
                Arguments.of(FailoverScenario.WITHOUT_DONE, run(whole(9), 0), Verdict.FAIL, "over 8 s"),
                Arguments.of(FailoverScenario.WITHOUT_DONE, run(noUsage, 0), Verdict.PARTIAL, "no usage"),
                Arguments.of(FailoverScenario.TOO_LONG, run(WHOLE, 0, 1), Verdict.FAIL, "asked again"),
                Arguments.of(FailoverScenario.FILTERED, run(ERROR, 0), Verdict.PASS, ""),
                Arguments.of(FailoverScenario.FILTERED, run(ERROR, 0, 1), Verdict.FAIL, "asked again"),
                Arguments.of(FailoverScenario.FILTERED, run(WHOLE, 0), Verdict.PARTIAL, "answered by another model"),
                Arguments.of(FailoverScenario.ACCOUNTED, run(otherModel, 0), Verdict.FAIL, "the wrong model reported"),
                Arguments.of(FailoverScenario.ACCOUNTED, run(noUsage, 0), Verdict.PARTIAL, "no usage"),
                Arguments.of(FailoverScenario.ACCOUNTED, withoutFallback(ERROR, 0), Verdict.SAFE, "not answered"));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void judge_followsTheRulesOfTheScenario(
            FailoverScenario scenario, FailoverRun run, Verdict verdict, String reason) {
        assertThat(scenario.judge(run)).isEqualTo(new Judgement(verdict, reason));
    }

    @ParameterizedTest
    @EnumSource
    void judge_aRequestWithoutAnEnd_isAFailure(FailoverScenario scenario) {
        Reply none = reply(Ending.NONE, FailoverScenario.WHOLE, "", true, 0, 1);
        Reply late = whole(scenario.mostSeconds() + 0.1);

        assertThat(Stream.of(none, late).map(reply -> scenario.judge(run(reply, 0))))
                .extracting(Judgement::verdict)
                .containsOnly(Verdict.FAIL);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILTERED")
    void judge_aStreamThatIsCutAndEndsInOrder_isAFailure(FailoverScenario scenario) {
        String cut = String.join("", FailoverScenario.ANSWER.subList(0, FailoverScenario.CUT_AFTER));

        assertThat(Stream.of(cut, "", FailoverScenario.WHOLE + FailoverScenario.WHOLE)
                        .map(text -> scenario.judge(run(answered(text), 0))))
                .containsOnly(new Judgement(Verdict.FAIL, "a cut answer taken for the whole"));
    }

    @ParameterizedTest
    @EnumSource(names = {"STALLED", "MALFORMED"})
    void judge_aGatewayThatAnswersNobodyAfterwards_isAFailure(FailoverScenario scenario) {
        FailoverRun run = new FailoverRun(true, List.of(WHOLE), attempts(0), 1, 0, false);

        assertThat(scenario.judge(run)).isEqualTo(new Judgement(Verdict.FAIL, "not alive afterwards"));
    }

    @Test
    void judge_theErrorOfARefusedPrefill_isAFailure_andOneThatIsGotOverIsNone() {
        FailoverRun hidden = new FailoverRun(true, List.of(ERROR), attempts(0), 1, 1, true);
        FailoverRun gotOver = new FailoverRun(true, List.of(WHOLE), attempts(0), 2, 1, true);

        assertThat(FailoverScenario.CUT_WITHOUT_PREFILL.judge(hidden).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(FailoverScenario.CUT_WITHOUT_PREFILL.judge(gotOver)).isEqualTo(pass());
    }

    private static FailoverRun outage(boolean fallback, Reply firstReply, double firstAnswerAt) {
        List<Reply> replies = Stream.concat(Stream.of(firstReply), Collections.nCopies(19, WHOLE).stream())
                .toList();
        return new FailoverRun(
                fallback, replies, List.of(new Attempt(0, false), new Attempt(firstAnswerAt, true)), 16, 0, true);
    }

    @Test
    void judge_ofAnOutage_asksForAnswersWithinItAndForAWayBack() {
        FailoverScenario scenario = FailoverScenario.DOWN_FOR_A_MINUTE;
        Reply afterwards = reply(Ending.ERROR, "", "", false, 60, 1);

        assertThat(scenario.judge(outage(true, WHOLE, 90))).isEqualTo(pass());
        assertThat(scenario.judge(outage(true, WHOLE, 91)))
                .isEqualTo(new Judgement(Verdict.FAIL, "not back within 30 s"));
        assertThat(scenario.judge(outage(true, ERROR, 60)))
                .isEqualTo(new Judgement(Verdict.FAIL, "not served in the outage"));
        assertThat(scenario.judge(outage(true, afterwards, 60))).isEqualTo(new Judgement(Verdict.SAFE, "not answered"));
        assertThat(scenario.judge(outage(false, ERROR, 91))).isEqualTo(new Judgement(Verdict.SAFE, "not answered"));
    }
}
