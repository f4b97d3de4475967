package dev.whippletree.strategy;

import dev.whippletree.spi.SettingKey;
import java.time.Duration;
import java.util.Set;

/**
 * Chooses, of two random targets, the one that will probably answer sooner, by its latency and its attempts in
 * flight.
 *
 * <p>The metric is Finagle's {@code PeakEwma}, with the differences described in {@link PeakLatency}; the picker is
 * that of two random choices, see {@link TwoChoices}. The assumption is that a target's recent answers predict how
 * long the next one takes. It breaks if that depends on the prompt more than on the target: after a few long
 * answers, a good target is spared for a while. With few calls, most measurements are older than {@code decay}, and
 * the choice is random. A weight makes a target look that much less loaded, and shares follow weights only roughly.
 * Quotas are ignored, so the fastest account's is used up first.
 *
 * <p>Source: Finagle user guide, "Power of Two Choices (P2C) + Peak EWMA"; decay of 10 s as there.
 */
public final class PeakEwma extends NamedStrategy {

    private static final Duration DECAY = Duration.ofSeconds(10);

    /** A failed attempt costs its prompt the time of a second attempt, and answers take about so long. */
    private static final Duration PENALTY = Duration.ofSeconds(5);

    public PeakEwma() {
        super(
                "peak-ewma",
                Set.of(
                        new SettingKey(
                                "decay",
                                "The time after which a measurement counts about a third; 10s by default.",
                                settings -> settings.duration("decay")),
                        new SettingKey(
                                "penalty",
                                "A failed call counts as an answer that took this much longer than average; 5s by"
                                        + " default.",
                                settings -> settings.duration("penalty"))),
                (settings, random) -> new TwoChoices(
                        new PeakLatency(
                                settings.duration("decay").orElse(DECAY),
                                settings.duration("penalty").orElse(PENALTY)),
                        random));
    }
}
