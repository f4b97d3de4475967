package dev.whippletree.stress.interviews;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StressReportTest {

    private static final Duration SEVENTEEN = Duration.ofSeconds(17);
    private static final InterviewResults RESULTS = results(8500, 0, 0, SEVENTEEN);
    private static final ServiceStats STATS = stats(850, 850, 0, 850);

    @Test
    void everythingAsItMustBe_holds() {
        StressReport report = report(StressSettings.STANDARD, RESULTS, 6800, STATS);

        assertThat(report.held()).isTrue();
        assertThat(report.checks())
                .extracting(Check::name)
                .contains("prompts answered", "upstream calls", "calls answered 429", "calls of account-2");
    }

    @Test
    void eachDeviation_isTheCheckThatFails() {
        StressSettings settings = StressSettings.STANDARD;

        assertThat(failed(report(settings, results(8499, 1, 0, SEVENTEEN), 6800, STATS)))
                .isEqualTo("prompts answered");
        assertThat(failed(report(settings, results(8500, 0, 1, SEVENTEEN), 6800, STATS)))
                .isEqualTo("wrong answers");
        assertThat(failed(report(settings, RESULTS, 6799, STATS))).isEqualTo("answers from cache or shared calls");
        assertThat(failed(report(settings, RESULTS, 6800, stats(851, 850, 0, 850))))
                .isEqualTo("upstream calls, calls as the library counts them");
        assertThat(failed(report(settings, RESULTS, 6800, stats(850, 850, 1, 850))))
                .isEqualTo("calls answered 429");
        assertThat(failed(report(settings, RESULTS, 6800, stats(850, 850, 0, 1001))))
                .isEqualTo("fullest window of account-1 (1000 requests / 1h)");
        assertThat(failed(report(settings, RESULTS, 6800, stats(860, 840, 0, 850))))
                .isEqualTo("calls of account-1, calls of account-2");
        assertThat(failed(report(settings, results(8500, 0, 0, SEVENTEEN.minusNanos(1)), 6800, STATS)))
                .isEqualTo("shortest interview");
    }

    @Test
    void unevennessOfOneInAHundred_isAllowed() {
        assertThat(report(StressSettings.STANDARD, RESULTS, 6800, stats(858, 842, 0, 858))
                        .held())
                .isTrue();
    }

    /** Of few calls, one more or less is allowed. */
    @ParameterizedTest
    @CsvSource({"5, 5, true", "6, 4, true", "7, 3, false"})
    void unevennessByOneCall_isAllowed(long first, long second, boolean held) {
        assertThat(report(StressSettings.STANDARD, RESULTS, 6800, stats(first, second, 0, 0))
                        .checks())
                .filteredOn(check -> check.name().startsWith("calls of account"))
                .hasSize(2)
                .allMatch(check -> check.held() == held);
    }

    @ParameterizedTest
    @ValueSource(longs = {1699, 1701})
    void distinctPrompts_areExactlyThePlans(long distinct) {
        ServiceStats other = new ServiceStats(STATS.service(), STATS.accounts(), STATS.limits(), 0, distinct, 1);

        assertThat(failed(report(StressSettings.STANDARD, RESULTS, 6800, other)))
                .isEqualTo("distinct prompts that reached the accounts");
    }

    /** 1,700 by 2 × 200 per 10 s; only what ends every call of both accounts adds to that. */
    @ParameterizedTest
    @CsvSource({
        "503@5s-40s:50%, 41",
        "503@5s-40s#1-3, 41",
        "slow@5s-40s, 41",
        "503@5s-35s:/m, 41",
        "503@5s-15s, 46",
        "503@15s-25s 503@5s-15s, 56"
    })
    void outages_putTheBoundOff(String faults, long seconds) {
        FaultScript script = new FaultScript(
                Stream.of(faults.split(" ")).map(FaultRule::parse).toList());

        assertThat(StressReport.lowerBound(StressSettings.TIGHT.withFaults(script)))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void faults_allowMoreCallsAndUnevenAccounts() {
        StressSettings settings = StressSettings.STANDARD.withFaults(FaultScript.of(FaultRule.parse("reset:3%")));

        assertThat(report(settings, RESULTS, 6800, stats(950, 802, 0, 950)).held())
                .isTrue();
        assertThat(failed(report(settings, RESULTS, 6800, stats(849, 850, 0, 850))))
                .isEqualTo("upstream calls");
    }

    @Test
    void bounds_followFromLatencyPausesAndLimits() {
        StressSettings settings = StressSettings.STANDARD;

        assertThat(StressReport.bound(settings)).isEqualTo(SEVENTEEN);
        assertThat(StressReport.bound(settings.withInterviews(Interviews.STANDARD.withThink(Duration.ofSeconds(2)))))
                .isEqualTo(SEVENTEEN.plusSeconds(32));
        assertThat(StressReport.bound(settings.withLatency(Latency.uniform(Duration.ofSeconds(1), 0.5))))
                .isEqualTo(Duration.ofMillis(8500));
        assertThat(StressReport.lowerBound(settings)).isEqualTo(SEVENTEEN);
        assertThat(StressReport.lowerBound(StressSettings.TIGHT.withFaults(FaultScript.NONE)))
                .as("1,700 of 400 per 10 s: the fifth window, and an answer")
                .isEqualTo(Duration.ofSeconds(41));
        assertThat(StressReport.lowerBound(StressSettings.TIGHT))
                .as("200 of both at once, four more of account 2, from 40 s on both, and the rest at 50 s")
                .isEqualTo(Duration.ofSeconds(51));
    }

    @Test
    void interviewTimes_areByRank() {
        InterviewResults results = new InterviewResults(
                4,
                4,
                0,
                0,
                SEVENTEEN,
                List.of(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(2)),
                List.of());

        assertThat(results.interviewTime(0.5)).isEqualTo(Duration.ofSeconds(2));
        assertThat(results.interviewTime(0.95)).isEqualTo(Duration.ofSeconds(4));
        assertThat(results.interviewTime(1)).isEqualTo(Duration.ofSeconds(4));
        assertThat(results.shortestInterview()).isEqualTo(Duration.ofSeconds(1));
    }

    private static String failed(StressReport report) {
        assertThat(report.held()).isFalse();
        return report.checks().stream()
                .filter(check -> !check.held())
                .map(Check::name)
                .collect(Collectors.joining(", "));
    }

    private static StressReport report(
            StressSettings settings, InterviewResults results, long spared, ServiceStats stats) {
        return StressReport.of(settings, results, status(spared), stats);
    }

    private static InterviewResults results(int answered, int failed, int wrong, Duration time) {
        return new InterviewResults(8500, answered, failed, wrong, time, Collections.nCopies(500, time), List.of());
    }

    private static StatusSnapshot status(long spared) {
        return new StatusSnapshot(
                Instant.EPOCH,
                SEVENTEEN,
                new StatusSnapshot.Prompts(8500, 8500, spared - 800, 800, 0, 0, 0),
                0,
                0,
                0,
                1700,
                0,
                new StatusSnapshot.Latency(8500, Duration.ZERO, Duration.ZERO),
                TokenUsage.NONE,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of());
    }

    private static ServiceStats stats(long first, long second, long rateLimited, long fullest) {
        return new ServiceStats(
                "huggingface",
                List.of(account("account-1", first, rateLimited), account("account-2", second, 0)),
                List.of(new LimitStats(
                        "account-1", "", "1000 requests / 1h", Counting.SLIDING, 1000, fullest, rateLimited)),
                0,
                1700,
                1);
    }

    private static AccountStats account(String id, long calls, long rateLimited) {
        return new AccountStats(id, id, calls, calls - rateLimited, rateLimited, Map.of());
    }
}
