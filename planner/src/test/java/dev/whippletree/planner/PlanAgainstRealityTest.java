package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.emulator.simulation.SimulatedPoolBuilder;
import dev.whippletree.model.Limit;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewResults;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Plans against what then happens: other questions, other answers, latencies that spread more and otherwise, limits of
 * which the engine isn't told, or which turn out to be half of what it was told, whether the service says so or not.
 */
@Tag("slow")
final class PlanAgainstRealityTest {

    private static final int SEEDS = Boolean.getBoolean("thorough") ? 5 : 1;
    private static final double PERCENT = 5;

    /** Where a limit is declared twice as large as it is, and nothing says so, what it allows has to be found. */
    private static final double PERCENT_IF_WRONG = 10;

    /** A plan supposes that windows slide. A report shows where fixed ones begin, and there more calls fit. */
    private static final double PERCENT_SOONER = 9;

    /** What the engine knows of the limits. */
    enum Told {
        DECLARED,
        ONLY_REPORTED,
        /** They are declared twice as large as they are, and reported as they are. */
        TWICE_AS_MUCH_BUT_REPORTED,
        /** They are declared and reported twice as large as they are. */
        TWICE_AS_MUCH;

        boolean isTwiceAsMuch() {
            return this == TWICE_AS_MUCH_BUT_REPORTED || this == TWICE_AS_MUCH;
        }
    }

    @ParameterizedTest(name = "{0}, {1}, {3}, {4}")
    @CsvSource({
        "OPENAI, 200 requests / 10s, 500, 50ms, ONLY_REPORTED",
        "OPENAI, 200 requests / 10s, 500, 50ms, TWICE_AS_MUCH_BUT_REPORTED",
        "OPENAI, 200 requests / 10s, 500, 50ms, TWICE_AS_MUCH",
        "OPENAI, 300 requests / 1m, 1000, 1s, ONLY_REPORTED",
        "OPENAI, 50000 tokens / 1m, 200, 1s, DECLARED",
        "OPENAI, 50000 tokens / 1m, 200, 1s, ONLY_REPORTED",
        "OPENAI, 50000 tokens / 1m, 200, 1s, TWICE_AS_MUCH_BUT_REPORTED",
        "OPENAI, 50000 tokens / 1m, 200, 1s, TWICE_AS_MUCH",
        "GROQ, 20000 tokens / 1m, 100, 1s, DECLARED",
        "GROQ, 20000 tokens / 1m, 100, 1s, ONLY_REPORTED",
        "GROQ, 20000 tokens / 1m, 100, 1s, TWICE_AS_MUCH_BUT_REPORTED",
        "GROQ, 20000 tokens / 1m, 100, 1s, TWICE_AS_MUCH",
        "HUGGING_FACE, 200 requests / 10s, 500, 1s, DECLARED",
    })
    void plannedTime_isTheTimeThatItTakes(ServiceKind kind, String limit, int interviews, String latency, Told told) {
        check(kind, limit, interviews, latency, told);
    }

    @Tag("thorough")
    @ParameterizedTest(name = "{0}, {1}, {3}, {4}")
    @CsvSource({
        "OPENAI, 200 requests / 10s, 500, 50ms, DECLARED",
        "OPENAI, 200 requests / 10s, 500, 1s, ONLY_REPORTED",
        "OPENAI, 300 requests / 1m, 1000, 1s, TWICE_AS_MUCH_BUT_REPORTED",
        "OPENAI, 300 requests / 1m, 1000, 1s, TWICE_AS_MUCH",
        "OPENAI, 300 requests / 1m, 5000, 1s, TWICE_AS_MUCH",
        "OPENAI, 50000 tokens / 1m, 1500, 1s, TWICE_AS_MUCH",
        "HUGGING_FACE, 200 requests / 10s, 500, 1s, TWICE_AS_MUCH"
    })
    void plannedTimeOfLongRuns_isTheTimeThatTheyTake(
            ServiceKind kind, String limit, int interviews, String latency, Told told) {
        check(kind, limit, interviews, latency, told);
    }

    private static void check(ServiceKind kind, String limit, int interviews, String latency, Told told) {
        AccountPool pool = AccountPool.parse(kind.provider() + ":2x" + written(Limit.parse(limit)));
        PlanRequest request =
                PlanRequest.of(List.of(interviews), pool).withAdvice(false).withUsualLatency(Latency.parse(latency));
        double planned = seconds(PlannerTest.plan(request).asIs().total().orElseThrow());
        double later = told == Told.TWICE_AS_MUCH ? PERCENT_IF_WRONG : PERCENT;
        double sooner = told == Told.ONLY_REPORTED && kind == ServiceKind.OPENAI ? PERCENT_SOONER : later;
        for (int seed = 2; seed < 2 + SEEDS; seed++) {
            double real = seconds(reality(request.withSeed(seed), kind, Limit.parse(limit), told));
            assertThat(real).as("seed %s", seed).isBetween(planned * (1 - sooner / 100), planned * (1 + later / 100));
        }
    }

    private static String written(Limit limit) {
        String unit = limit.unit() == Limit.Unit.REQUESTS ? "" : "tok";
        return limit.amount() + unit + "/" + limit.window().toSeconds() + "s";
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static Duration reality(PlanRequest request, ServiceKind kind, Limit limit, Told told) {
        Latency latency = Latency.lognormal(request.latency().mean(), 0.3);
        SimulatedPoolBuilder builder = SimulatedPool.builder(request.seed())
                .cached()
                .service(
                        kind,
                        service -> service.latency(latency)
                                .answerLength(
                                        AnswerLength.about(request.workload().answerTokens())));
        for (String id : List.of("one", "two")) {
            SimulatedAccount account = SimulatedAccount.of(id, kind, limit(kind, limit, told));
            builder.account(told == Told.ONLY_REPORTED ? account.undeclared() : account);
        }
        SimulatedPool pool = builder.build();
        switch (told) {
            case DECLARED, ONLY_REPORTED -> {}
            case TWICE_AS_MUCH_BUT_REPORTED -> pool.service(kind).announceLimits(0.5, 0);
            case TWICE_AS_MUCH -> pool.service(kind).changeLimits(0.5, 0);
        }
        PromptPadding padding = new PromptPadding(request.workload().promptTokens());
        CompletableFuture<InterviewResults> results = new InterviewDriver(
                        new Questions(request, request.sizes().get(0)).plan(),
                        prompt -> pool.complete(padding.of(prompt)),
                        pool.timeline())
                .withCheck((prompt, completion) -> true)
                .start();
        long begin = pool.timeline().nanoTime();
        pool.runUntil(results);
        return Duration.ofNanos(pool.timeline().nanoTime() - begin);
    }

    private static ServiceLimit limit(ServiceKind kind, Limit limit, Told told) {
        long amount = limit.amount() * (told.isTwiceAsMuch() ? 2 : 1);
        Limit one = new Limit(limit.unit(), amount, limit.window());
        return switch (kind) {
            case GROQ -> ServiceLimit.bucket(one);
            case HUGGING_FACE -> ServiceLimit.sliding(one);
            case OPENAI -> ServiceLimit.fixed(one);
        };
    }
}
