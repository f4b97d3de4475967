package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The cases. All follow from the seed. Stateless. */
final class Cases {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HALF_SECOND = Duration.ofMillis(500);
    private static final AnswerLength ANSWERS = AnswerLength.about(60);

    /** What a repeated call can mend, and callers of an unstreamed answer may meet. */
    private static final List<FaultKind> TRANSIENT = List.of(
            FaultKind.RATE_LIMITED,
            FaultKind.RATE_LIMITED_SILENTLY,
            FaultKind.SERVER_ERROR,
            FaultKind.BAD_GATEWAY,
            FaultKind.UNAVAILABLE,
            FaultKind.RESET,
            FaultKind.HANG,
            FaultKind.SLOW,
            FaultKind.CUT,
            FaultKind.STALL,
            FaultKind.MALFORMED);

    private final long seed;

    private Cases(long seed) {
        this.seed = seed;
    }

    /** Those that a cache decides come last. */
    static List<Case> all(long seed) {
        Cases cases = new Cases(seed);
        return List.of(
                cases.uneven(),
                cases.outage(),
                cases.faults(),
                cases.groq(),
                cases.tenants(),
                cases.streams(),
                cases.quota(),
                cases.interviews(),
                cases.herd());
    }

    private Case interviews() {
        return new Case(
                "interviews",
                "Interviews",
                "500 interviews of 17 stages start at once; each question is asked in five of them, so 1,700 of 8,500 prompts"
                        + " are distinct. Two accounts of 1,000 requests an hour; answers take 1 s.",
                service(ServiceKind.HUGGING_FACE, SECOND, 2, sliding(1000, Duration.ofHours(1)))
                        .build(),
                true,
                false,
                interviewers());
    }

    private Case quota() {
        return new Case(
                "quota",
                "Tight quota",
                "The same 8,500 prompts, a fifth of them distinct, over two accounts of 200 requests per 10 s.",
                service(ServiceKind.HUGGING_FACE, SECOND, 2, sliding(200, Duration.ofSeconds(10)))
                        .build(),
                true,
                false,
                interviewers());
    }

    /** As real interviews do, all go through the same stages: the questions of one stage aren't asked at another. */
    private List<Caller> interviewers() {
        int interviews = 500;
        int stages = 17;
        int repeats = 5;
        Random random = new Random(seed);
        List<List<String>> asked = new ArrayList<>();
        for (int stage = 0; stage < stages; stage++) {
            int first = stage * interviews / repeats;
            List<String> texts = IntStream.range(0, interviews)
                    .mapToObj(number -> text("Interview", first + number / repeats))
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(texts, random);
            asked.add(texts);
        }
        return IntStream.range(0, interviews)
                .mapToObj(interview -> new Caller(
                        "one",
                        Duration.ZERO,
                        asked.stream().map(stage -> stage.get(interview)).toList()))
                .toList();
    }

    private Case uneven() {
        ServiceSettingsBuilder service = settings(ServiceKind.HUGGING_FACE, HALF_SECOND);
        int[] amounts = {160, 80, 40, 20};
        for (int number = 1; number <= amounts.length; number++) {
            account(service, number, sliding(amounts[number - 1], Duration.ofSeconds(5)));
        }
        return new Case(
                "uneven",
                "Uneven accounts, limits unknown",
                "Four accounts of 160, 80, 40 and 20 requests per 5 s. No contender is told so, and no header tells it; refusals"
                        + " say how long to wait. 60 callers ask 25 different prompts each.",
                service.build(),
                false,
                false,
                distinct("Uneven", "one", 60, Duration.ZERO, 25));
    }

    private Case outage() {
        return new Case(
                "outage",
                "An account out for half the time",
                "Two accounts of 100 requests per 5 s; one answers 503 for 10 s out of every 20 s. 100 callers ask 8 different"
                        + " prompts each.",
                service(ServiceKind.OPENAI, HALF_SECOND, 2, sliding(100, Duration.ofSeconds(5)))
                        .faults(FaultScript.of(FaultRule.parse("503@5s-15s/20s:account-2")))
                        .build(),
                true,
                false,
                distinct("Outage", "one", 100, Duration.ZERO, 8));
    }

    private Case faults() {
        double share = 0.03 / TRANSIENT.size();
        FaultRule[] rules = TRANSIENT.stream()
                .map(kind -> FaultRule.always(kind).forShare(share))
                .toArray(FaultRule[]::new);
        return new Case(
                "faults",
                "3 % faults of all kinds",
                "Two accounts without limits; 3 % of the calls fail in one of eleven ways: refused, broken, cut off, late or"
                        + " never answered. 50 callers ask 40 different prompts each.",
                service(ServiceKind.OPENAI, HALF_SECOND, 2)
                        .faults(FaultScript.of(rules))
                        .build(),
                true,
                false,
                distinct("Faults", "one", 50, Duration.ZERO, 40));
    }

    private Case groq() {
        Duration minute = Duration.ofMinutes(1);
        Duration day = Duration.ofDays(1);
        return new Case(
                "groq",
                "Groq's free plan",
                "Two accounts with the limits of Groq's free plan: 30 requests and 8,000 tokens a minute, 1,000 requests and"
                        + " 200,000 tokens a day. 48 callers ask two different prompts each.",
                service(
                                ServiceKind.GROQ,
                                HALF_SECOND,
                                2,
                                ServiceLimit.bucket(Limit.requests(30, minute)),
                                ServiceLimit.bucket(Limit.tokens(8_000, minute)),
                                ServiceLimit.bucket(Limit.requests(1_000, day)),
                                ServiceLimit.bucket(Limit.tokens(200_000, day)))
                        .build(),
                true,
                false,
                distinct("Groq", "one", 48, Duration.ZERO, 2));
    }

    private Case herd() {
        return new Case(
                "herd",
                "A herd",
                "1,000 callers ask the same ten questions at the same time. Two accounts of 50 requests per 10 s.",
                service(ServiceKind.OPENAI, SECOND, 2, sliding(50, Duration.ofSeconds(10)))
                        .build(),
                true,
                false,
                Collections.nCopies(1_000, new Caller("one", Duration.ZERO, texts("Herd", 0, 10))));
    }

    private Case tenants() {
        List<Caller> callers = new ArrayList<>(distinct("Greedy", "greedy", 300, Duration.ZERO, 3));
        for (int tenant = 1; tenant <= 20; tenant++) {
            callers.addAll(distinct("Quiet " + tenant, "quiet-" + tenant, 1, Duration.ofSeconds(2), 8));
        }
        return new Case(
                "tenants",
                "Many tenants, one of them greedy",
                "One tenant asks 900 prompts with 300 callers; 20 others ask eight each, 2 s after the last answer. Two accounts"
                        + " of 100 requests per 5 s.",
                service(ServiceKind.OPENAI, HALF_SECOND, 2, sliding(100, Duration.ofSeconds(5)))
                        .build(),
                true,
                false,
                callers);
    }

    private Case streams() {
        return new Case(
                "streams",
                "Streams that break",
                "Two accounts without limits; 5 % of the streams are cut off, stall, contain broken JSON, or are reset before"
                        + " they begin. 50 callers ask 20 different prompts each, streamed.",
                service(ServiceKind.OPENAI, SECOND, 2)
                        .faults(FaultScript.of(
                                FaultRule.parse("cut:2%"),
                                FaultRule.parse("stall:1%"),
                                FaultRule.parse("malformed:1%"),
                                FaultRule.parse("reset:1%")))
                        .build(),
                true,
                true,
                distinct("Streams", "one", 50, Duration.ZERO, 20));
    }

    /** Returns a service whose answers all have equally many tokens. */
    ServiceSettingsBuilder settings(ServiceKind kind, Duration latency) {
        return ServiceSettings.builder(kind)
                .latency(Latency.constant(latency))
                .answerLength(ANSWERS)
                .seed(seed);
    }

    private ServiceSettingsBuilder service(ServiceKind kind, Duration latency, int accounts, ServiceLimit... limits) {
        ServiceSettingsBuilder service = settings(kind, latency);
        for (int number = 1; number <= accounts; number++) {
            account(service, number, limits);
        }
        return service;
    }

    private static void account(ServiceSettingsBuilder service, int number, ServiceLimit... limits) {
        service.account("account-" + number, "token-" + number, limits);
    }

    private static ServiceLimit sliding(long requests, Duration window) {
        return ServiceLimit.sliding(Limit.requests(requests, window));
    }

    private static List<Caller> distinct(String what, String tenant, int callers, Duration pause, int each) {
        return IntStream.range(0, callers)
                .mapToObj(caller -> new Caller(tenant, pause, texts(what, caller * each, each)))
                .toList();
    }

    private static List<String> texts(String what, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> text(what, number))
                .toList();
    }

    /** All are of one length, so that all calls have equally many tokens. */
    private static String text(String what, int number) {
        String start = what + " question " + number + ": what did you learn from the last thing that went wrong?";
        return start + ".".repeat(100 - start.length());
    }
}
