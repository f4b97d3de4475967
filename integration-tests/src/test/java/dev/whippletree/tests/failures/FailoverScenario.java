package dev.whippletree.tests.failures;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The sixteen faults of <a href="https://github.com/failoverbench/failoverbench">Failover Bench</a> (methodology 0.1),
 * how long a caller may wait in each, and what else its rules ask for.
 */
enum FailoverScenario {
    /** S01: 429 with {@code Retry-After: 2}, once. */
    LIMITED_ONCE(
            20,
            run -> run.callsWithin(1.5) <= 2
                    && run.firstChoice().size() >= 2
                    && run.firstChoice().get(1) - run.firstChoice().get(0) >= 1.8),
    /** S02: 429 without {@code Retry-After}. */
    LIMITED(40, run -> run.callsWithin(3) <= 4 && run.firstChoice().size() <= 6),
    /** S03: 500, once. */
    BROKEN_ONCE(20, run -> run.firstChoice().size() >= 2),
    /** S04: 503. */
    OVERLOADED(40, run -> run.firstChoice().size() <= 6),
    /** S05: connection reset before the response, once. */
    RESET_ONCE(20, run -> true),
    /** S06: no response. */
    SILENT(100, run -> run.firstChoice().size() <= 1),
    /** S07: first token after 20 s. */
    SLOW(15, run -> true),
    /** S08: stream cut after 40 of 60 tokens. */
    CUT(40, run -> true),
    /** S09: stream silent after 20 tokens. */
    STALLED(45, run -> true),
    /** S10: malformed event. */
    MALFORMED(30, run -> true),
    /** S11: no {@code [DONE]}. */
    WITHOUT_DONE(8, run -> run.replies().get(0).usage()),
    /** S12: context length exceeded. */
    TOO_LONG(20, run -> run.firstChoice().size() == 1),
    /** S13: content filter, which nobody is to be rescued from. */
    FILTERED(20, run -> run.firstChoice().size() == 1),
    /** S14: stream cut, and the fallback refuses an assistant's message. */
    CUT_WITHOUT_PREFILL(40, run -> true),
    /** S15: 503 for 60 s, a request every 4 s. */
    DOWN_FOR_A_MINUTE(30, Run::recovered),
    /** S16: 503, and the fallback's model and usage. */
    ACCOUNTED(
            40,
            run -> run.firstChoice().size() <= 6
                    && run.replies().get(0).model().equals(FailoverScenario.FALLBACK)
                    && run.replies().get(0).usage());

    /** The models: the one of first choice is what goes wrong. */
    static final String FIRST_CHOICE = "first-choice";

    static final String FALLBACK = "fallback";
    static final int TOKENS = 60;
    static final int CUT_AFTER = 40;
    static final int STALLED_AFTER = 20;
    static final int MALFORMED_AT = 10;

    /** What every model answers to every prompt, token by token. */
    static final List<String> ANSWER = IntStream.range(0, TOKENS)
            .mapToObj(token -> (token == 0 ? "" : " ") + "token-" + token)
            .toList();

    /**
     * What one request got. Immutable.
     *
     * @param answered whether it ended like an answer
     * @param text the answer's text
     * @param model who answered
     * @param usage whether the tokens used were reported
     */
    record Reply(boolean answered, String text, String model, boolean usage) {
        static final Reply ERROR = new Reply(false, "", "", false);
    }

    /**
     * What the callers and the service saw. Immutable.
     *
     * @param replies in the order of the requests
     * @param firstChoice when the model of first choice was called, in seconds
     * @param recovered whether it answered a call within 30 s of the end of its outage
     * @param seconds how long the slowest request took
     */
    record Run(List<Reply> replies, List<Double> firstChoice, boolean recovered, double seconds) {

        long callsWithin(double seconds) {
            return firstChoice.stream()
                    .filter(at -> at - firstChoice.get(0) < seconds)
                    .count();
        }
    }

    private final double mostSeconds;
    private final Predicate<Run> rule;

    FailoverScenario(double mostSeconds, Predicate<Run> rule) {
        this.mostSeconds = mostSeconds;
        this.rule = rule;
    }

    /** Returns whether everybody was rescued by a whole answer, in time, and as the rules ask for. */
    boolean isPassed(Run run) {
        return run.seconds <= mostSeconds
                && run.replies.stream()
                        .allMatch(reply -> this == FILTERED
                                ? !reply.answered()
                                : reply.answered() && reply.text().equals(String.join("", ANSWER)))
                && rule.test(run);
    }
}
