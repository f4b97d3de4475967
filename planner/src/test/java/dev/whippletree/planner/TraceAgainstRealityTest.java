package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.emulator.simulation.SimulatedPoolBuilder;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plans of traces against what the same traces take when they are really replayed: with other words, other answers,
 * latencies that spread otherwise, and limits that the engine is told or has to learn from headers.
 */
@Tag("slow")
final class TraceAgainstRealityTest {

    private static final double PERCENT = 5;

    /** How far the longest wait may be off, as a share of the whole time: it is a single prompt's. */
    private static final double SHARE_OF_TIME = 0.1;

    private static final Instant START = Instant.parse("2026-12-01T09:00:00Z");
    private static final int TOKENS = 300;
    private static final int PROMPTS_OF_A_SESSION = 20;

    /** Each needs more calls than its limits allow while it comes, so that what limits cost shows. */
    enum Sample {
        STEADY {
            @Override
            List<RecordedPrompt> prompts(int calls) {
                List<RecordedPrompt> prompts = new ArrayList<>();
                for (int number = 0; number < calls; number++) {
                    prompts.add(prompt(180_000L * number / calls, "", number));
                }
                return prompts;
            }
        },
        BURSTS {
            @Override
            List<RecordedPrompt> prompts(int calls) {
                List<RecordedPrompt> prompts = new ArrayList<>();
                for (int number = 0; number < calls; number++) {
                    prompts.add(prompt(70_000L * (3L * number / calls), "", number));
                }
                return prompts;
            }
        },
        /** Of each two sessions, every other prompt is the same. */
        SESSIONS {
            @Override
            List<RecordedPrompt> prompts(int calls) {
                List<RecordedPrompt> prompts = new ArrayList<>();
                int sessions = calls / (PROMPTS_OF_A_SESSION * 3 / 4);
                for (int session = 0; session < sessions; session++) {
                    for (int number = 0; number < PROMPTS_OF_A_SESSION; number++) {
                        int whose = number % 2 == 0 ? session / 2 * 2 : session;
                        prompts.add(prompt(
                                60_000L * session / sessions + 5_000L * number,
                                "session-" + session,
                                whose * PROMPTS_OF_A_SESSION + number));
                    }
                }
                return prompts;
            }
        };

        abstract List<RecordedPrompt> prompts(int calls);

        static RecordedPrompt prompt(long atMillis, String session, long key) {
            return new RecordedPrompt(
                    START.plusMillis(atMillis),
                    Duration.ofSeconds(1),
                    "acme",
                    Optional.of(session).filter(name -> !name.isEmpty()),
                    key,
                    TOKENS,
                    OptionalInt.empty(),
                    OptionalInt.empty());
        }
    }

    /** The outcome of a replay. */
    private record Replayed(Duration total, Duration longest, double hitRate) {}

    private record Compared(Outcome planned, Replayed real) {}

    @ParameterizedTest(name = "{0}, {1}, {2}, declared: {3}")
    @CsvSource({
        "STEADY, OPENAI, FIXED, true",
        "STEADY, OPENAI, SLIDING, true",
        "STEADY, OPENAI, SLIDING, false",
        "STEADY, GROQ, BUCKET, true",
        "STEADY, GROQ, BUCKET, false",
        "BURSTS, OPENAI, FIXED, true",
        "BURSTS, OPENAI, SLIDING, true",
        "BURSTS, OPENAI, FIXED, false",
        "BURSTS, OPENAI, SLIDING, false",
        "BURSTS, GROQ, BUCKET, true",
        "BURSTS, GROQ, BUCKET, false",
        "SESSIONS, OPENAI, FIXED, true",
        "SESSIONS, OPENAI, SLIDING, true",
        "SESSIONS, OPENAI, SLIDING, false",
        "SESSIONS, GROQ, BUCKET, true",
        "SESSIONS, GROQ, BUCKET, false",
    })
    void plannedTime_isThatOfTheReplay(Sample sample, ServiceKind kind, Counting counting, boolean declared) {
        Compared compared = compared(sample, kind, counting, declared);

        double total = seconds(compared.real().total());
        assertThat(seconds(compared.planned().total().orElseThrow())).isCloseTo(total, withinPercentage(PERCENT));
        assertThat(seconds(compared.planned().took().orElseThrow().worst()))
                .isCloseTo(seconds(compared.real().longest()), within(SHARE_OF_TIME * total));
    }

    /** Two windows' calls at their common edge are fewer windows than a plan has, which keeps to the declared limit. */
    @ParameterizedTest
    @EnumSource(Sample.class)
    void serviceThatCountsByFixedWindows_andIsntDeclared_takesNoLonger(Sample sample) {
        Compared compared = compared(sample, ServiceKind.OPENAI, Counting.FIXED, false);

        assertThat(seconds(compared.real().total()))
                .isLessThan(seconds(compared.planned().total().orElseThrow()) * (1 + PERCENT / 100));
    }

    private static Compared compared(Sample sample, ServiceKind kind, Counting counting, boolean declared) {
        boolean groq = kind == ServiceKind.GROQ;
        Limit limit = Limit.parse(groq ? "20000 tokens / 1m" : "50000 tokens / 1m");
        List<RecordedPrompt> trace = sample.prompts(groq ? 300 : 900);
        PromptList list = PromptList.of(trace);
        PlanRequest request = PlanRequest.of(
                        List.of(list.sessions()),
                        AccountPool.parse(kind.provider() + ":2x" + limit.amount() + "tok/min"))
                .withAdvice(false)
                .withWorkload(Workload.STANDARD.withPrompts(list));
        Compared compared = new Compared(
                PlannerTest.plan(request).asIs(),
                replayed(trace, request, kind, new ServiceLimit(limit, counting, groq), declared));
        assertThat(seconds(compared.real().total()))
                .as("limited by more than the times of the trace")
                .isGreaterThan(1.2 * seconds(list.span()));
        assertThat(compared.planned().hitRate())
                .isCloseTo(compared.real().hitRate(), within(0.01))
                .isCloseTo(list.repeat(), within(0.01));
        return compared;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static Replayed replayed(
            List<RecordedPrompt> trace, PlanRequest request, ServiceKind kind, ServiceLimit limit, boolean declared) {
        Latency latency = Latency.lognormal(request.latency().mean(), 0.3);
        SimulatedPoolBuilder builder = SimulatedPool.builder(2)
                .cached()
                .service(
                        kind,
                        service -> service.latency(latency)
                                .answerLength(
                                        AnswerLength.about(request.workload().answerTokens())));
        for (String id : List.of("one", "two")) {
            SimulatedAccount account = SimulatedAccount.of(id, kind, limit);
            builder.account(declared ? account : account.undeclared());
        }
        return new Replay(trace, builder.build()).run();
    }

    /** Asks what a trace has, when it has it, but nothing of a session before the answer that it had waited for. */
    private static final class Replay {

        private final List<RecordedPrompt> trace;
        private final SimulatedPool pool;
        private final List<CompletableFuture<Completion>> answers = new ArrayList<>();
        private final AtomicLong longestNanos = new AtomicLong();
        private final AtomicInteger hits = new AtomicInteger();

        Replay(List<RecordedPrompt> trace, SimulatedPool pool) {
            this.trace = trace.stream()
                    .sorted(Comparator.comparing(RecordedPrompt::at))
                    .toList();
            this.pool = pool;
        }

        Replayed run() {
            for (int number = 0; number < trace.size(); number++) {
                RecordedPrompt prompt = trace.get(number);
                CompletableFuture<Void> its = new CompletableFuture<>();
                pool.timeline().schedule(afterStart(prompt.at()), () -> its.complete(null));
                CompletableFuture<Void> ready = before(number)
                        .map(answers::get)
                        .map(answer -> CompletableFuture.allOf(its, answer))
                        .orElse(its);
                answers.add(ready.thenCompose(now -> asked(prompt)));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
            pool.runUntil(all);
            return new Replayed(
                    Duration.ofNanos(pool.timeline().nanoTime()),
                    Duration.ofNanos(longestNanos.get()),
                    (double) hits.get() / trace.size());
        }

        private long afterStart(Instant at) {
            return Duration.between(trace.get(0).at(), at).toNanos();
        }

        private Optional<Integer> before(int number) {
            RecordedPrompt prompt = trace.get(number);
            for (int earlier = number - 1; earlier >= 0 && prompt.session().isPresent(); earlier--) {
                RecordedPrompt other = trace.get(earlier);
                if (prompt.session().equals(other.session())) {
                    boolean answered = !other.at().plus(other.took()).isAfter(prompt.at());
                    return Optional.of(earlier).filter(found -> answered);
                }
            }
            return Optional.empty();
        }

        private CompletableFuture<Completion> asked(RecordedPrompt prompt) {
            long begin = pool.timeline().nanoTime();
            Prompt.Builder builder = Prompt.builder()
                    .user(("What about " + prompt.key() + "?" + " ".repeat(5) + "x".repeat(4 * TOKENS))
                            .substring(0, 4 * (TOKENS - 4)))
                    .tenant(prompt.client());
            prompt.session().ifPresent(builder::session);
            return pool.complete(builder.build()).whenComplete((completion, failure) -> {
                longestNanos.accumulateAndGet(pool.timeline().nanoTime() - begin, Math::max);
                if (completion != null && completion.origin().source() != Origin.Source.CALL) {
                    hits.incrementAndGet();
                }
            });
        }
    }
}
