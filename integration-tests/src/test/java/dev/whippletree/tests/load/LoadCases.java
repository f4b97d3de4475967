package dev.whippletree.tests.load;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.model.Limit;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** The cases, each in a size that fits every build and in its full one. Immutable. */
enum LoadCases {
    /** A tenth of interviews, windows, amounts and times. */
    TENTH(10),
    /** As the cases are told. */
    FULL(1);

    private static final double FAULT_SHARE = 0.03;
    private static final long GROQ_TOKENS = 200_000;
    private static final long GROQ_REQUESTS = 800;
    private static final long GROQ_REQUESTS_A_DAY = 14_400;
    private static final int GROQ_MAX_TOKENS = 200;
    /** A limit that only refusals tell of is met by all that are under way at that moment, so these are few. */
    private static final int GROQ_IN_FLIGHT = 16;

    private static final Latency SHORT = Latency.constant(Duration.ofMillis(50));
    /** Quick enough that limits, and not the length of 17 answers one after the other, decide how long a case takes. */
    private static final Duration QUICK = Duration.ofMillis(100);

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final int divisor;

    LoadCases(int divisor) {
        this.divisor = divisor;
    }

    /** The main case: two accounts of 1,000 an hour, and 1,700 distinct questions. */
    StressSettings stress() {
        return StressSettings.STANDARD
                .withInterviews(interviews())
                .withLimit(Limit.requests(1000 / divisor, Duration.ofHours(1).dividedBy(divisor)))
                .withLatency(latency(Duration.ofSeconds(1)))
                .withMaxConcurrency(250 / divisor);
    }

    /** Two accounts of a generic service, 350 and 50 per 10 s, of which nothing is declared. */
    LoadCase uneven() {
        ServiceSettings service = service(ServiceKind.OPENAI)
                .account("large", LoadAccount.token("large"), ServiceLimit.fixed(perTenSeconds(350)))
                .account("small", LoadAccount.token("small"), ServiceLimit.fixed(perTenSeconds(50)))
                .build();
        return LoadCase.of(interviews(), service, LoadAccount.undeclared("large"), LoadAccount.undeclared("small"));
    }

    /** Two accounts of 200 per 10 s, of which the one called {@code away} answers 503 from 5 s to 40 s. */
    LoadCase outage() {
        Duration from = Duration.ofSeconds(5).dividedBy(divisor);
        Duration to = Duration.ofSeconds(40).dividedBy(divisor);
        return pair(
                "away",
                200,
                FaultScript.of(FaultRule.always(FaultKind.UNAVAILABLE)
                        .forAccount("away")
                        .during(from, to)));
    }

    /** Two accounts of 1,000 per 10 s, of which three calls in a hundred fail in one way. */
    LoadCase faults(FaultKind kind) {
        return pair("first", 1000, FaultScript.of(FaultRule.always(kind).forShare(FAULT_SHARE)));
    }

    /** Two accounts of one organization that allows 800 per 10 s. */
    LoadCase oneOrganization() {
        Limit limit = perTenSeconds(800);
        ServiceSettings service = service(ServiceKind.HUGGING_FACE)
                .organization(EmulatedOrganization.of("acme", ServiceLimit.sliding(limit)))
                .member("first", LoadAccount.token("first"), "acme")
                .member("second", LoadAccount.token("second"), "acme")
                .build();
        return LoadCase.of(
                interviews(),
                service,
                LoadAccount.declared("first", limit).of("acme"),
                LoadAccount.declared("second", limit).of("acme"));
    }

    /** 500 callers who all ask the same 17 questions: one after the other, or each question a caller of its own. */
    static LoadCase herd(boolean atOnce) {
        Interviews standard = Interviews.STANDARD;
        Interviews same = standard.withRepeat(1 - 1.0 / standard.interviews());
        Interviews all = atOnce ? same.withInterviews(same.prompts()).withQuestions(1) : same;
        return LoadCase.of(all, unlimited(), LoadAccount.undeclared("first"), LoadAccount.undeclared("second"));
    }

    /**
     * Two accounts without a limit and 50 interviews in which four in five questions repeat, for what isn't about
     * accounts.
     */
    static LoadCase plain() {
        return LoadCase.of(
                TENTH.interviews(), unlimited(), LoadAccount.undeclared("first"), LoadAccount.undeclared("second"));
    }

    /**
     * Two accounts of 40 a second each, and 24 interviews in which half of the questions repeat, for several processes.
     */
    static LoadCase shared() {
        Limit limit = Limit.requests(40, Duration.ofSeconds(1));
        Interviews few = Interviews.STANDARD.withInterviews(24).withRepeat(0.5);
        ServiceSettings service = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("first", LoadAccount.token("first"), ServiceLimit.sliding(limit))
                .account("second", LoadAccount.token("second"), ServiceLimit.sliding(limit))
                .latency(SHORT)
                .build();
        return LoadCase.of(few, service, LoadAccount.declared("first", limit), LoadAccount.declared("second", limit));
    }

    private static ServiceSettings unlimited() {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("first", LoadAccount.token("first"))
                .account("second", LoadAccount.token("second"))
                .latency(SHORT)
                .build();
    }

    /**
     * One Groq account of two models, whose requests or tokens per minute run short. A minute is Groq's own window
     * and can't be made shorter, so this has one size: a little more than the full buckets hold.
     *
     * @param unit what runs short: of tokens every answer tells how many are left, of requests only refusals tell
     */
    static LoadCase groq(Limit.Unit unit) {
        long amount = unit == Limit.Unit.TOKENS ? GROQ_TOKENS : GROQ_REQUESTS;
        ServiceSettings service = ServiceSettings.builder(ServiceKind.GROQ)
                .latency(SHORT)
                .account(
                        "groq",
                        LoadAccount.token("groq"),
                        ServiceLimit.bucket(new Limit(unit, amount, Duration.ofMinutes(1))),
                        ServiceLimit.bucket(Limit.requests(GROQ_REQUESTS_A_DAY, Duration.ofDays(1))))
                .build();
        return new LoadCase(
                Interviews.STANDARD,
                service,
                List.of(LoadAccount.undeclared("groq").upTo(GROQ_IN_FLIGHT)),
                List.of("openai/gpt-oss-20b", "qwen/qwen3-32b"),
                OptionalInt.of(GROQ_MAX_TOKENS));
    }

    private LoadCase pair(String name, long amount, FaultScript faults) {
        Limit limit = perTenSeconds(amount);
        ServiceSettings service = service(ServiceKind.HUGGING_FACE)
                .account(name, LoadAccount.token(name), ServiceLimit.sliding(limit))
                .account("second", LoadAccount.token("second"), ServiceLimit.sliding(limit))
                .faults(faults)
                .build();
        return LoadCase.of(
                interviews(), service, LoadAccount.declared(name, limit), LoadAccount.declared("second", limit));
    }

    private ServiceSettingsBuilder service(ServiceKind kind) {
        return ServiceSettings.builder(kind)
                .latency(latency(QUICK))
                .seed(interviews().seed());
    }

    private Interviews interviews() {
        return Interviews.STANDARD.withInterviews(Interviews.STANDARD.interviews() / divisor);
    }

    private Limit perTenSeconds(long amount) {
        return Limit.requests(amount / divisor, TEN_SECONDS.dividedBy(divisor));
    }

    private Latency latency(Duration mean) {
        return Latency.constant(mean.dividedBy(divisor));
    }
}
