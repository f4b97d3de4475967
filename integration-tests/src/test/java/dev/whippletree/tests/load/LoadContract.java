package dev.whippletree.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Limit;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.time.SystemTimeline;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must come of every case, whatever its size. A case that never ends fails. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
abstract class LoadContract {

    private static final double LEARNT_BY_REFUSALS = 0.01;

    /** Returns the size to run the cases in. */
    abstract LoadCases size();

    @Test
    void mainCase_isAnsweredByTheFewestCalls_halfOnEachAccount() throws Exception {
        StressSettings settings = size().stress();
        StressReport report = runStress(settings);

        assertThat(report.results().errors()).isEmpty();
        assertThat(report.checks())
                .filteredOn(check -> !check.held())
                .extracting(Check::name)
                .isEmpty();
        int prompts = settings.interviews().prompts();
        ServiceStats stats = report.stats();
        assertThat(report.results().answered()).isEqualTo(prompts);
        assertThat(report.results().wrong()).isZero();
        assertThat(stats.calls()).isEqualTo(prompts / 5);
        assertThat(stats.rateLimited()).isZero();
        assertThat(report.status().prompts().sparedRate()).isEqualTo(0.8);
        double half = stats.calls() / 2.0;
        assertThat(stats.accounts())
                .hasSize(2)
                .allSatisfy(account ->
                        assertThat(Math.abs(account.calls() - half)).isLessThanOrEqualTo(Math.max(1, half * 0.01)));
    }

    private static StressReport runStress(StressSettings settings) throws InterruptedException {
        try (SystemTimeline timeline = new SystemTimeline();
                StressEmulation emulation = StressEmulation.start(settings, timeline)) {
            Whippletree.Builder builder = Whippletree.builder().cache("ehcache");
            emulation.accounts().forEach(builder::account);
            try (Whippletree whippletree = builder.build()) {
                emulation.begin();
                InterviewDriver driver =
                        new InterviewDriver(InterviewPlan.of(settings.interviews()), whippletree::complete, timeline);
                InterviewResults results = LoadBench.resultsOf(driver.start());
                return StressReport.of(settings, results, whippletree.status(), emulation.stats());
            }
        }
    }

    @Test
    void unevenAccountsOfLimitsOnlyReported_areLearntWithFewRefusals() throws Exception {
        LoadOutcome outcome = LoadBench.run(size().uneven()).assertAllAnswered().assertOneAnswerEach();

        assertFewRefusals(outcome);
        assertThat(outcome.account("large").answered())
                .isGreaterThan(outcome.account("small").answered());
        assertThat(outcome.account("small").answered()).isPositive();
    }

    @Test
    void accountThatGoesAway_keepsNobodyFromAnAnswer_andIsUsedAgain() throws Exception {
        LoadCase load = size().outage();
        LoadOutcome outcome = LoadBench.run(load).assertAllAnswered().assertOneAnswerEach();

        outcome.assertLimitsHeld();
        assertThat(outcome.account("away").outcomes()).containsKey("503");
        long mostBeforeItWentAway = load.accounts().get(0).limit().orElseThrow().amount();
        assertThat(outcome.account("away").answered()).isGreaterThan(mostBeforeItWentAway);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR", "UNAVAILABLE", "RESET", "CUT", "MALFORMED"})
    void threeFaultsInAHundred_reachNoCaller(FaultKind kind) throws Exception {
        LoadOutcome outcome = LoadBench.run(size().faults(kind)).assertAllAnswered();

        outcome.assertLimitsHeld();
        assertThat(outcome.stats().calls()).isGreaterThan(outcome.stats().distinctPrompts());
    }

    @Test
    void twoAccountsOfOneOrganization_keepItsLimitTogether() throws Exception {
        LoadOutcome outcome =
                LoadBench.run(size().oneOrganization()).assertAllAnswered().assertOneAnswerEach();

        outcome.assertLimitsHeld();
        assertThat(outcome.stats().limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.fullest()).isEqualTo(limit.amount()));
        assertThat(outcome.stats().accounts())
                .allSatisfy(account -> assertThat(account.calls()).isPositive());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void herdOfEqualPrompts_costsOneCallAQuestion(boolean atOnce) throws Exception {
        LoadOutcome outcome = LoadBench.run(LoadCases.herd(atOnce)).assertAllAnswered();

        assertThat(outcome.results().prompts()).isEqualTo(8_500);
        assertThat(outcome.stats().calls()).isEqualTo(17);
    }

    /** Of tokens headers tell how many are left, of requests only the prose of refusals. */
    @ParameterizedTest
    @EnumSource(names = {"REQUESTS", "TOKENS"})
    void groqsAmountPerMinute_isLearntFromHeadersOrProse(Limit.Unit unit) throws Exception {
        LoadOutcome outcome =
                LoadBench.run(LoadCases.groq(unit)).assertAllAnswered().assertOneAnswerEach();

        assertFewRefusals(outcome);
        assertThat(outcome.stats().limits())
                .extracting(LimitStats::model)
                .contains("openai/gpt-oss-20b", "qwen/qwen3-32b");
    }

    private static void assertFewRefusals(LoadOutcome outcome) {
        assertThat((double) outcome.stats().rateLimited())
                .isLessThan(outcome.stats().calls() * LEARNT_BY_REFUSALS);
    }
}
