package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The report of a stress run over emulated accounts. Immutable. */
public record StressReport(StressSettings settings, InterviewResults results, ServiceStats stats, List<Check> checks) {

    private static final double NANOS_PER_SECOND = 1e9;

    public StressReport {
        checks = List.copyOf(checks);
    }

    /** Returns the report of a run, with everything checked that must hold for its settings. */
    public static StressReport of(
            StressSettings settings, InterviewResults results, StatusSnapshot status, ServiceStats stats) {
        return new StressReport(settings, results, stats, new StressChecks(settings, results, status, stats).all());
    }

    public boolean held() {
        return checks.stream().allMatch(Check::held);
    }

    /**
     * Returns the time below which no interview can end: as many of the shortest answers as it has questions, and the
     * pauses between. Where the latency doesn't vary, the shortest answer takes the mean.
     */
    public static Duration bound(StressSettings settings) {
        return settings.interviews().lasting(settings.latency().least());
    }

    /**
     * Returns the time below which the whole run can't end, by its limits, its outages and its latency. Without outages
     * it is {@code (⌈distinct ÷ sum of the amounts⌉ − 1) × window}, or the bound of a single interview if that is
     * longer.
     */
    public static Duration lowerBound(StressSettings settings) {
        Duration byLimits = LowerBound.of(settings).plus(settings.latency().least());
        Duration byLatency = bound(settings);
        return byLimits.compareTo(byLatency) > 0 ? byLimits : byLatency;
    }

    /** Returns a duration in seconds with two decimals: {@code 17.00 s}. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / NANOS_PER_SECOND);
    }
}
