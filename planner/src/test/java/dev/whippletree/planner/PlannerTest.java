package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.settings.RouteSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

    static SizePlan plan(PlanRequest request) {
        return new Planner(Runnable::run).plan(request, progress -> {}).sizes().get(0);
    }

    /** 340 calls in two days: 3 × 40 at once and as many again each day, or only once each day. */
    @ParameterizedTest
    @CsvSource({"groq, 2, DEPENDS", "groq, 3, TIGHT", "openai, 2, DOES_NOT_HOLD", "huggingface, 2, DOES_NOT_HOLD"})
    void dayThatMayBeCountedInTwoWays_isYesOnlyIfItIsEnoughInBoth(String service, int days, Verdict verdict) {
        PlanRequest request = request(100, service + ":3x40/d")
                .withHorizon(Duration.ofDays(days))
                .withAdvice(true);
        CapacityPlan plan = new Planner(Runnable::run).plan(request, progress -> {});
        SizePlan size = plan.sizes().get(0);

        assertThat(size.asIs().verdict()).isEqualTo(verdict);
        assertThat(size.advice().get(0).outcome()).isEqualTo(size.asIs());
        assertThat(plan.conditions()).isEqualTo("within " + days + " d if 80 % of the questions repeat");
    }

    /**
     * No header reports Groq's tokens a day, so the engine keeps what is declared of them in each window, however they
     * are counted.
     */
    @Test
    void limitThatNoHeaderReports_dependsOnNothing() {
        PlanRequest both = request(100, "groq:3x40/d+9000000tok/d").withHorizon(Duration.ofDays(2));
        assertThat(plan(both).asIs().otherwise().orElseThrow().gradually())
                .isEqualTo("groq's 40 requests / 1d refill gradually");
        PlanRequest tokens = request(100, "groq:3x52960tok/d").withHorizon(Duration.ofDays(2));
        assertThat(plan(tokens).asIs().verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
    }

    @ParameterizedTest
    @CsvSource({
        "huggingface:2x1000/h+0.10usd/month, UNKNOWN, UNKNOWN",
        "huggingface:2x20/d+0.10usd/month, DOES_NOT_HOLD, DOES_NOT_HOLD",
        "groq:3x30/d+1usd/month, DEPENDS, UNKNOWN"
    })
    void creditWithoutPrice_leavesAYesUnknown(String accounts, Verdict verdict, Verdict gradually) {
        SizePlan plan =
                plan(request(30, accounts).withHorizon(Duration.ofHours(24)).withAdvice(true));
        assertThat(plan.asIs().verdict()).isEqualTo(verdict);
        Outcome best = plan.asIs().otherwise().map(Outcome.Otherwise::outcome).orElse(plan.asIs());
        assertThat(best.verdict()).isEqualTo(gradually);
        if (verdict == Verdict.UNKNOWN) {
            assertThat(best.reason())
                    .isEqualTo("how long credits last isn't known without a price of huggingface, model"
                            + " openai/gpt-oss-20b, in usd; if they last, the answer is yes");
        }
        assertThat(plan.fewest().get(0).reason()).startsWith("unknown without a price of ");
    }

    /**
     * Calls of 1,324 tokens: 60 interviews take 204 of the day's 151; 43 take 146, six a minute, and nearly fill the
     * day at their end.
     */
    @ParameterizedTest
    @CsvSource({"60, 200000 tokens / 1d of groq-1", "43, 8000 tokens / 1m of groq-1"})
    void ofSeveralLimitsThatGetFull_theOneThatIsFullForLongestBinds(int interviews, String binding) {
        PlanRequest request = request(interviews, "groq:1x8000tok/min+200000tok/d")
                .withHorizon(Duration.ofHours(24))
                .withWorkload(Workload.STANDARD.withMaxTokens(1_024));
        assertThat(plan(request).asIs().binding().text()).isEqualTo(binding);
    }

    @Test
    void servicesThatCountOtherwise_areEachAskedForWhatTheyCount() {
        PlanRequest request = request(100, "huggingface:1x100/h,groq:1x30/min+8000tok/min+200000tok/d")
                .withWorkload(Workload.STANDARD.withMaxTokens(1_024));

        Outcome outcome = plan(request).asIs();

        assertThat(outcome.refused()).as("calls answered 429").isZero();
        assertThat(outcome.calls()).as("100 and, of 1,324 tokens each, 151").isEqualTo(251);
    }

    /** Each prompt is another one, and all are asked at once. */
    private static PlanRequest different(int prompts, AccountPool pool) {
        return PlanRequest.of(List.of(prompts), pool)
                .withAdvice(false)
                .withWorkload(Workload.STANDARD.withQuestions(1).withRepeat(0));
    }

    @Test
    void limitsOfSingleModels_boundTheirModelAlone() {
        Outcome outcome = plan(different(165, AllowanceTest.pool("groq", "15/h of a + 150/h of b", "a b")))
                .asIs();

        assertThat(outcome.verdict()).isEqualTo(Verdict.TIGHT);
        assertThat(outcome.load()).as("165 of 165").isEqualTo(1);
        assertThat(outcome.refused()).isZero();
        assertThat(outcome.limits())
                .extracting(Outcome.LimitUse::limit, Outcome.LimitUse::used, Outcome.LimitUse::fullestShare)
                .containsExactly(tuple("15 requests / 1h of a", 15L, 1.0), tuple("150 requests / 1h of b", 150L, 1.0));
    }

    /** The engine keeps a limit that names no model for all of them together, though Groq counts each. */
    @ParameterizedTest
    @CsvSource({"95, TIGHT, 0.95, 95", "150, DOES_NOT_HOLD, 1.5, 100"})
    void limitOfNoSingleModel_isSharedByAll(int prompts, Verdict verdict, double load, long used) {
        Outcome outcome = plan(different(prompts, AllowanceTest.pool("groq", "100/h", "a b")))
                .asIs();

        assertThat(outcome.verdict()).isEqualTo(verdict);
        assertThat(outcome.load()).isEqualTo(load);
        assertThat(outcome.limits())
                .containsExactly(new Outcome.LimitUse("one", "100 requests / 1h", used, 100, used / 100.0));
    }

    /** Each minute has room for one call of 4,001 tokens, and 3,999 that nobody can use. */
    @ParameterizedTest
    @CsvSource({"57, TIGHT, 0.95", "90, DOES_NOT_HOLD, 1.5"})
    void callsThatLeaveMuchOfEachWindow_fillIt(int prompts, Verdict verdict, double load) {
        PlanRequest request = different(prompts, AccountPool.parse("openai:1x8000tok/min"));
        Outcome outcome = plan(request.withWorkload(request.workload().withTokens(3_801, 200)))
                .asIs();

        assertThat(outcome.verdict()).isEqualTo(verdict);
        assertThat(outcome.load()).isEqualTo(load);
        assertThat(outcome.binding().text()).isEqualTo("8000 tokens / 1m of openai-1");
    }

    @ParameterizedTest
    @CsvSource({"5, '; 8 wait longer for room than the acceptable 5.0 s'", "60, ''"})
    void whereNotAllAreAnswered_thoseThatWaitTooLongAreCountedToo(int longest, String waits) {
        PlanRequest request = different(10, AccountPool.parse("openai:1x2/min"))
                .withHorizon(Duration.ofMinutes(1))
                .withLongestWait(Duration.ofSeconds(longest));

        assertThat(plan(request).asIs().reason())
                .isEqualTo("8 of 10 prompts aren't answered within 1 min: they need 10 calls, but the accounts allow 2"
                        + waits);
    }

    /** By arithmetic alone, 680,000 prompts need 136,000 calls; what prompts wait only a simulation tells. */
    @ParameterizedTest
    @CsvSource({"24, 1, UNKNOWN", "24, 86400, HOLDS", "4, 1, UNKNOWN", "2, 1, DOES_NOT_HOLD"})
    void waitsOfMorePromptsThanAreSimulated_areUnknown(int hours, int seconds, Verdict verdict) {
        PlanRequest request = request(40_000, "openai:5x200/min")
                .withHorizon(Duration.ofHours(hours))
                .withLongestWait(Duration.ofSeconds(seconds))
                .withAdvice(true);
        SizePlan plan = plan(request);

        assertThat(plan.asIs().verdict()).isEqualTo(verdict);
        if (seconds == 1) {
            assertThat(plan.fewest().get(0).reason()).isEqualTo("unknown, because how long prompts wait isn't known");
        }
        AccountPool impatient = request.pool()
                .withRoute(request.pool().route().toBuilder()
                        .deadline(Duration.ofSeconds(seconds))
                        .build());
        assertThat(plan(PlanRequest.of(List.of(40_000), impatient)
                                .withAdvice(false)
                                .withHorizon(Duration.ofHours(hours)))
                        .asIs()
                        .verdict())
                .isEqualTo(verdict);
    }

    /** By arithmetic alone: 136,000 of 680,000 prompts are different, and the accounts allow 1,000 a minute. */
    @ParameterizedTest
    @CsvSource({"true, HOLDS, 136000", "false, DOES_NOT_HOLD, 680000"})
    void withoutACache_noPromptIsSupposedToRepeatAnother(boolean cached, Verdict verdict, double needed) {
        AccountPool stored = AccountPool.parse("openai:5x200/min");
        AccountPool pool = new AccountPool(stored.groups(), stored.route(), stored.engine(), cached, stored.notes());
        PlanRequest request =
                PlanRequest.of(List.of(40_000), pool).withAdvice(false).withHorizon(Duration.ofHours(4));
        Outcome outcome = plan(request).asIs();

        assertThat(outcome.verdict()).isEqualTo(verdict);
        assertThat(outcome.load()).isEqualTo(needed / 240_000);
    }

    @Test
    void limitOfAModelThatIsNotAsked_leavesAYesUnknown() {
        assertThat(plan(different(5, AllowanceTest.pool("openai", "9/h of other", "a")))
                        .asIs()
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);
    }

    /** Ten calls are needed: 3 interviews of 17 questions, four in five of which repeat. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "huggingface:1x10/h             | 0 | 1 | 2 | ''",
                "huggingface:5x3/h              | 0 | 4 | 4 | ''",
                "huggingface:1x4/h,groq:2x3/h   | 0 | 1 | 2 | ''",
                "huggingface:1x4/h,groq:2x3/h   | 1 | 2 | 3 | ''",
                "huggingface:1x4/h,groq:1x30/h  | 0 | 0 | 0 | ''",
                "huggingface:1x30/h,groq:1      | 0 |   |   | unknown, because others declare no limits",
                "huggingface:1x30/h,groq:1      | 1 |   |   | unknown, because it declares no limits",
                "groq:1x30/min+100tok/min       | 0 |   |   | one prompt needs more than a whole window of its limits"
            })
    void fewestOfAKind_areThoseThatHoldBesideTheOthers(
            String accounts, int kind, Integer count, Integer comfortable, String reason) {
        Fewest fewest = plan(request(3, accounts).withAdvice(true)).fewest().get(kind);

        assertThat(fewest.count().isPresent() ? fewest.count().getAsInt() : null)
                .isEqualTo(count);
        assertThat(fewest.comfortable().isPresent() ? fewest.comfortable().getAsInt() : null)
                .isEqualTo(comfortable);
        assertThat(fewest.reason()).isEqualTo(reason);
    }

    @Test
    void withoutAdvice_onlyTheAccountsAsTheyAreArePlanned() {
        SizePlan size = plan(request(3, "huggingface:1x10/h"));

        assertThat(size.asIs().verdict()).isEqualTo(Verdict.TIGHT);
        assertThat(size.fewest()).isEmpty();
        assertThat(size.advice()).isEmpty();
    }

    @Tag("slow")
    @Test
    void deadlineOfTheRoute_endsASearchAtTheNumberThatKeepsIt() {
        AccountPool pool = AccountPool.parse("groq:1x30/min");
        RouteSettings route = pool.route();
        AccountPool impatient = pool.withRoute(
                route.toBuilder().deadline(Duration.ofSeconds(20)).build());
        PlanRequest request = PlanRequest.of(List.of(200), impatient);
        CapacityPlan plan = new Planner(Runnable::run).plan(request, progress -> {});
        int fewest = plan.sizes().get(0).fewest().get(0).count().orElseThrow();

        assertThat(plan.assumptions()).anyMatch(sentence -> sentence.contains("fails after 20.0 s"));
        assertThat(fewest).isGreaterThan(3);
        assertThat(verdict(request, fewest - 1)).isEqualTo(Verdict.DOES_NOT_HOLD);
        assertThat(verdict(request, fewest)).isEqualTo(Verdict.HOLDS);
    }

    @Test
    void severalThreads_makeTheSamePlan_andEachPartIsTold() {
        PlanRequest request = request(20, "huggingface:2x100/h").withAdvice(true);
        List<PlanProgress> told = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            assertThat(new Planner(threads).plan(request, told::add).sizes().get(0))
                    .isEqualTo(plan(request));
        } finally {
            threads.shutdownNow();
        }
        assertThat(told).extracting(PlanProgress::done).containsExactly(1, 2, 3, 4, 5);
        assertThat(told).extracting(PlanProgress::parts).containsOnly(5);
        assertThat(told)
                .extracting(PlanProgress::latest)
                .containsExactlyInAnyOrder(
                        "20 interviews: the accounts as they are",
                        "20 interviews: the fewest accounts",
                        "20 interviews: advice",
                        "20 interviews: advice",
                        "20 interviews: advice");
    }

    @Test
    void whatAPartThrows_isThrown() {
        AccountPool pool = AccountPool.parse("huggingface:1x100/h");
        RouteSettings route = pool.route().toBuilder().strategy("nobody-has-it").build();
        PlanRequest request = PlanRequest.of(List.of(1), pool.withRoute(route));
        assertThatThrownBy(() -> plan(request))
                .isNotInstanceOf(CompletionException.class)
                .hasMessageContaining("nobody-has-it");
    }

    private static PlanRequest request(int interviews, String accounts) {
        return PlanRequest.of(List.of(interviews), AccountPool.parse(accounts)).withAdvice(false);
    }

    private static Verdict verdict(PlanRequest request, int accounts) {
        AccountPool pool = request.pool().withCount(0, accounts);
        return plan(PlanRequest.of(request.sizes(), pool).withAdvice(false))
                .asIs()
                .verdict();
    }
}
