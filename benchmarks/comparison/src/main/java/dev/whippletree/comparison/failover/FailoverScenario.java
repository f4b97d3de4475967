package dev.whippletree.comparison.failover;

import static dev.whippletree.comparison.failover.Check.advisory;
import static dev.whippletree.comparison.failover.Check.required;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The sixteen faults of <a href="https://github.com/failoverbench/failoverbench">Failover Bench</a> (methodology 0.1),
 * how long a caller may wait in each, and what else it asks for. All requests are streams.
 */
public enum FailoverScenario {
    LIMITED_ONCE(
            "S01",
            "429 with `Retry-After: 2`, once",
            20,
            advisory("not retried", run -> run.calls() >= 2),
            advisory("`Retry-After` not obeyed", run -> run.pause() >= 1.8),
            required("hammered", run -> run.callsWithin(1.5) <= 2)),
    LIMITED(
            "S02",
            "429 without `Retry-After`, always",
            40,
            required("hammered", run -> run.callsWithin(3) <= 4),
            required("too many calls", run -> run.calls() <= FailoverScenario.MOST_CALLS)),
    BROKEN_ONCE("S03", "500, once", 20, advisory("not retried", run -> run.calls() >= 2)),
    OVERLOADED("S04", "503, always", 40, required("too many calls", run -> run.calls() <= FailoverScenario.MOST_CALLS)),
    RESET_ONCE("S05", "connection reset before the response, once", 20),
    SILENT(
            "S06",
            "no response",
            130,
            required("over 100 s", run -> run.seconds() <= 100),
            advisory("the silent model asked again", run -> run.calls() <= 1)),
    SLOW(
            "S07",
            "first token after 20 s",
            60,
            advisory("over 15 s", run -> run.seconds() <= 15).whereThereIsAFallback()),
    CUT("S08", "stream cut after 40 of 60 tokens", 40),
    STALLED(
            "S09",
            "stream silent for 30 s after 20 tokens",
            70,
            required("over 45 s", run -> run.seconds() <= 45),
            required("not alive afterwards", FailoverRun::alive)),
    MALFORMED(
            "S10",
            "malformed event in the stream",
            30,
            required("not alive afterwards", FailoverRun::alive),
            advisory("not answered", run -> run.reply().isWhole())),
    WITHOUT_DONE(
            "S11",
            "stream without `[DONE]`",
            30,
            required("over 8 s", run -> run.seconds() <= 8),
            advisory("no usage", run -> run.reply().usage())),
    TOO_LONG("S12", "400, context length exceeded", 20, required("asked again", run -> run.calls() == 1)),
    /** S13, which nobody is to be rescued from. */
    FILTERED("S13", "400, content filter", 20, required("asked again", run -> run.calls() == 1)),
    CUT_WITHOUT_PREFILL(
            "S14",
            "stream cut; the fallback refuses a prefill",
            40,
            required(
                    "the prefill's error hides the real one",
                    run -> run.prefillRefusals() == 0 || run.reply().ending() != Reply.Ending.ERROR)),
    DOWN_FOR_A_MINUTE(
            "S15",
            "503 for 60 s; a request every 4 s",
            30,
            required("not served in the outage", run -> run.answeredUntil(FailoverScenario.OUTAGE_SECONDS))
                    .whereThereIsAFallback(),
            required("not back within 30 s", run -> run.firstChoiceAnsweredBy(FailoverScenario.OUTAGE_SECONDS + 30))
                    .whereThereIsAFallback()),
    ACCOUNTED(
            "S16",
            "503, and whose model and usage are reported",
            40,
            required(
                            "the wrong model reported",
                            run -> run.fallbackCalls() == 0
                                    || run.reply().model().contains(FailoverScenario.FALLBACK))
                    .whereThereIsAFallback(),
            advisory("no usage", run -> run.reply().usage()).whereThereIsAFallback(),
            required("too many calls", run -> run.calls() <= FailoverScenario.MOST_CALLS));

    /** The model that answers whatever happens. */
    public static final String FALLBACK = "fallback";

    /** The same, but it refuses a prompt that ends with an assistant's message. */
    public static final String FALLBACK_WITHOUT_PREFILL = "fallback-without-prefill";

    /** What every model answers to every prompt, token by token. */
    public static final List<String> ANSWER = IntStream.range(0, 60)
            .mapToObj(token -> (token == 0 ? "" : " ") + "token-" + token)
            .toList();

    static final String WHOLE = String.join("", ANSWER);

    /** After how many tokens the stream is cut in {@link #CUT} and {@link #CUT_WITHOUT_PREFILL}. */
    public static final int CUT_AFTER = 40;

    public static final int STALLED_AFTER = 20;

    public static final int MALFORMED_AFTER = 10;

    public static final Duration BETWEEN_TOKENS = Duration.ofMillis(15);

    public static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** How long there is no response in {@link #SILENT}, before the connection is closed. */
    public static final Duration SILENCE = Duration.ofMinutes(2);

    /** When the first token comes in {@link #SLOW}; the response begins at once. */
    public static final Duration FIRST_TOKEN = Duration.ofSeconds(20);

    /** How long the stream is silent in {@link #STALLED}, before the connection is closed. */
    public static final Duration STALL = Duration.ofSeconds(30);

    public static final double OUTAGE_SECONDS = 60;

    public static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(4);

    private static final int MOST_CALLS = 6;

    private final String id;
    private final String fault;
    private final double mostSeconds;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Check> checks;

    FailoverScenario(String id, String fault, double mostSeconds, Check... checks) {
        this.id = id;
        this.fault = fault;
        this.mostSeconds = mostSeconds;
        this.checks = List.of(checks);
    }

    /** Returns its name in the bench's tables. */
    public String id() {
        return id;
    }

    public String fault() {
        return fault;
    }

    /** Returns how long a request may take; one that takes longer has hung. */
    public double mostSeconds() {
        return mostSeconds;
    }

    public int requests() {
        return this == DOWN_FOR_A_MINUTE ? 20 : 1;
    }

    /** Returns the model of first choice, which tells the service what goes wrong. */
    public String firstChoice() {
        return "first-choice-" + id;
    }

    public String fallback() {
        return this == CUT_WITHOUT_PREFILL ? FALLBACK_WITHOUT_PREFILL : FALLBACK;
    }

    public Judgement judge(FailoverRun run) {
        if (run.replies().stream()
                .anyMatch(reply -> reply.ending() == Reply.Ending.NONE || reply.seconds() > mostSeconds)) {
            return new Judgement(Verdict.FAIL, "no end within %.0f s".formatted(mostSeconds));
        }
        if (this != FILTERED && run.replies().stream().anyMatch(Reply::isCut)) {
            return new Judgement(Verdict.FAIL, "a cut answer taken for the whole");
        }
        String failed = broken(run, true);
        if (!failed.isEmpty()) {
            return new Judgement(Verdict.FAIL, failed);
        }
        if (this == FILTERED) {
            return run.reply().ending() == Reply.Ending.ERROR
                    ? new Judgement(Verdict.PASS, "")
                    : new Judgement(Verdict.PARTIAL, "answered by another model");
        }
        if (!run.replies().stream().allMatch(Reply::isWhole)) {
            return new Judgement(Verdict.SAFE, "not answered");
        }
        String advice = broken(run, false);
        return new Judgement(advice.isEmpty() ? Verdict.PASS : Verdict.PARTIAL, advice);
    }

    private String broken(FailoverRun run, boolean required) {
        return checks.stream()
                .filter(check -> check.required() == required && check.isBroken(run))
                .map(Check::name)
                .collect(Collectors.joining(", "));
    }

    public static List<String> models() {
        return Stream.concat(
                        Stream.of(values()).map(FailoverScenario::firstChoice),
                        Stream.of(FALLBACK, FALLBACK_WITHOUT_PREFILL))
                .toList();
    }
}
