package dev.whippletree.tests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Limit;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.Planner;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.time.SystemTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds what is planned in virtual time against the same case in earnest: the same configuration, the same interviews,
 * real sockets and Ehcache. How long it takes is the machine's as well, and asserted nowhere.
 */
@Tag("slow")
class PlanAgainstStressTest {

    private static final double CALLS_PERCENT = 5;

    /** 340 calls of which 120 fit into a window: limits decide how long it takes, and a busy machine changes little. */
    private static final StressSettings CASE = StressSettings.STANDARD
            .withInterviews(Interviews.STANDARD.withInterviews(100))
            .withLimit(Limit.requests(60, Duration.ofSeconds(6)))
            .withLatency(Latency.constant(Duration.ofMillis(200)));

    /** What a real run led to. */
    private record Real(InterviewResults results, ServiceStats stats) {}

    @Test
    void plannedCalls_areThoseOfARealRun() throws Exception {
        Real real = run(CASE);
        Outcome planned = plan(CASE);

        String figures = "planned %,d calls; really %,d"
                .formatted(planned.calls(), real.stats().calls());
        assertThat(real.results().answered() - real.results().wrong())
                .isEqualTo(CASE.interviews().prompts());
        assertThat(planned.answered()).isEqualTo(CASE.interviews().prompts());
        assertThat(planned.refused()).isEqualTo(real.stats().rateLimited());
        assertThat(planned.calls()).as(figures).isCloseTo(real.stats().calls(), withinPercentage(CALLS_PERCENT));
    }

    private static Configuration configuration(List<AccountSettings> accounts) {
        List<TargetSettings> targets = accounts.stream()
                .map(account -> new TargetSettings(account.id(), Configuration.DEFAULT_MODEL))
                .toList();
        return new Configuration(
                accounts,
                List.of(RouteSettings.of("default", List.of(new Tier(targets)))),
                List.of(new Configuration.CacheTierSettings("ehcache", Settings.none("cache"))),
                EngineSettings.DEFAULT,
                List.of());
    }

    /** Plans for the accounts that {@link #run} asks. */
    private static Outcome plan(StressSettings settings) {
        Interviews interviews = settings.interviews();
        List<AccountSettings> accounts = StressEmulation.accounts(settings, "huggingface", Map.of());
        PlanRequest request = PlanRequest.of(List.of(interviews.interviews()), AccountPool.of(configuration(accounts)))
                .withLatency(settings.latency())
                .withSeed(interviews.seed())
                .withAdvice(false);
        return new Planner(Runnable::run)
                .plan(request, progress -> {})
                .sizes()
                .get(0)
                .asIs();
    }

    private static Real run(StressSettings settings) throws InterruptedException {
        try (SystemTimeline timeline = new SystemTimeline();
                StressEmulation emulation = StressEmulation.start(settings, timeline);
                Whippletree whippletree = Whippletree.builder()
                        .configuration(configuration(emulation.accounts()))
                        .build()) {
            InterviewPlan interviews = InterviewPlan.of(settings.interviews());
            InterviewResults results =
                    LoadBench.resultsOf(new InterviewDriver(interviews, whippletree::complete, timeline).start());
            return new Real(results, emulation.stats());
        }
    }
}
