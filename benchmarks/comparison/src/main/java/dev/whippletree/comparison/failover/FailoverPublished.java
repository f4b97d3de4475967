package dev.whippletree.comparison.failover;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Failover Bench's own verdicts, from its <a
 * href="https://github.com/failoverbench/failoverbench/blob/main/results/full/SCORECARD.md">scorecard</a> of 12
 * September 2026 (CC BY 4.0), of the gateways that are also run here. Stateless.
 */
public final class FailoverPublished {

    /** In the order of the scenarios. */
    private static final Map<String, List<Verdict>> VERDICTS = Map.of(
            FailoverLiteLlm.BASELINE.label(),
            verdicts("pass pass pass pass pass partial partial safe safe safe pass pass partial safe pass pass"),
            FailoverPortkey.BASELINE.label(),
            verdicts("pass pass pass pass pass pass partial fail fail pass pass pass partial fail pass pass"));

    private FailoverPublished() {}

    private static List<Verdict> verdicts(String names) {
        return Arrays.stream(names.toUpperCase(Locale.ROOT).split(" "))
                .map(Verdict::valueOf)
                .toList();
    }

    /** Returns the verdict about a gateway in the configuration that the bench has it; empty if it has none. */
    public static Optional<Verdict> of(String gateway, FailoverScenario scenario) {
        return Optional.ofNullable(VERDICTS.get(gateway))
                .map(all -> all.get(List.of(FailoverScenario.values()).indexOf(scenario)));
    }
}
