package dev.whippletree.tests.failures;

import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The sixteen faults of <a href="https://github.com/failoverbench/failoverbench">Failover Bench</a> (methodology 0.1),
 * what a caller and a service have to see of each, and the verdict by its rules.
 */
enum FailoverScenario {
    LIMITED_ONCE(
            "S01 429 with Retry-After: 2, once",
            20,
            run -> run.callsWithin(1.5) <= 2,
            run -> run.firstChoice().size() >= 2
                    && run.firstChoice().get(1) - run.firstChoice().get(0) >= 1.8),
    LIMITED(
            "S02 429 without Retry-After",
            40,
            run -> run.callsWithin(3) <= 4 && run.firstChoice().size() <= 6),
    BROKEN_ONCE("S03 500, once", 20, run -> true, run -> run.firstChoice().size() >= 2),
    OVERLOADED("S04 503", 40, run -> run.firstChoice().size() <= 6),
    RESET_ONCE("S05 connection reset before the response, once", 20, run -> true),
    SILENT("S06 no response", 100, run -> true, run -> run.firstChoice().size() <= 1),
    SLOW("S07 first token after 20 s", 60, run -> true, run -> run.seconds() <= 15),
    CUT("S08 stream cut after 40 of 60 tokens", 40, run -> true),
    STALLED("S09 stream silent after 20 tokens", 45, run -> true),
    MALFORMED("S10 malformed event", 30, run -> true),
    WITHOUT_DONE("S11 no [DONE]", 8, run -> true, run -> run.replies().get(0).usage()),
    TOO_LONG("S12 context length exceeded", 20, run -> run.firstChoice().size() == 1),
    FILTERED("S13 content filter", 20, run -> run.firstChoice().size() == 1),
    CUT_WITHOUT_PREFILL("S14 stream cut, and the fallback refuses an assistant's message", 40, run -> true),
    DOWN_FOR_A_MINUTE(
            "S15 503 for 60 s, a request every 4 s",
            30,
            run -> run.replies().stream().allMatch(Reply::answered) && run.recovered()),
    ACCOUNTED(
            "S16 503, and the fallback's model and usage",
            40,
            run -> run.firstChoice().size() <= 6 && run.replies().get(0).model().equals(FailoverScenario.FALLBACK),
            run -> run.replies().get(0).usage());

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

    /** How a scenario ended. */
    enum Verdict {
        /** The caller was rescued, and nobody could have wished for more. */
        PASS,
        /** The caller was rescued, but something advisable wasn't done. */
        PARTIAL,
        /** The caller got a clear error, in time. */
        SAFE,
        /** The caller waited too long or got part of an answer for all of it, or the service was asked too often. */
        FAIL
    }

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

        boolean isCut() {
            return answered && !text.equals(String.join("", ANSWER));
        }
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

    private final String title;
    private final double mostSeconds;
    private final Predicate<Run> required;
    private final Predicate<Run> advised;

    FailoverScenario(String title, double mostSeconds, Predicate<Run> required) {
        this(title, mostSeconds, required, run -> true);
    }

    FailoverScenario(String title, double mostSeconds, Predicate<Run> required, Predicate<Run> advised) {
        this.title = title;
        this.mostSeconds = mostSeconds;
        this.required = required;
        this.advised = advised;
    }

    /** Returns whether it takes time that only a virtual clock can spare. */
    boolean takesLong() {
        return this == SILENT || this == SLOW || this == STALLED || this == DOWN_FOR_A_MINUTE;
    }

    Verdict verdict(Run run) {
        if (run.seconds > mostSeconds || run.replies.stream().anyMatch(Reply::isCut) || !required.test(run)) {
            return Verdict.FAIL;
        }
        boolean rescued = run.replies.stream().allMatch(Reply::answered);
        if (this == FILTERED) {
            return rescued ? Verdict.PARTIAL : Verdict.PASS;
        }
        return !rescued ? Verdict.SAFE : advised.test(run) ? Verdict.PASS : Verdict.PARTIAL;
    }

    @Override
    public String toString() {
        return title;
    }

    /** Where accounts and tiers are. */
    enum Setup {
        /** The fallback is on another account. */
        OTHER_ACCOUNT("a/first-choice", "b/fallback"),
        /** The fallback is another model of the same account. */
        SAME_ACCOUNT("a/first-choice", "a/fallback"),
        /** Two accounts of one organization, with a fallback on another account. */
        TWO_ACCOUNTS("a/first-choice a2/first-choice", "b/fallback"),
        /** Two accounts of one organization, with a fallback on the same two. */
        TWO_ACCOUNTS_ALONE("a/first-choice a2/first-choice", "a/fallback a2/fallback"),
        /** There is no fallback, against what the scenarios assume. */
        NO_FALLBACK("a/first-choice");

        private final List<String> tiers;

        Setup(String... tiers) {
            this.tiers = List.of(tiers);
        }

        List<Tier> tiers() {
            return tiers.stream().map(Setup::tier).toList();
        }

        private static Tier tier(String targets) {
            return new Tier(Stream.of(targets.split(" "))
                    .map(target -> target.split("/", 2))
                    .map(parts -> new TargetSettings(parts[0], parts[1]))
                    .toList());
        }
    }
}
