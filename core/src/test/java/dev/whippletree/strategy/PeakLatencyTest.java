package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.spi.Picker.Outcome;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PeakLatencyTest {

    private static final long SECOND = 1_000_000_000;
    private static final Offset<Double> ROUNDING = within(1e-3);

    private final PeakLatency metric = new PeakLatency(Duration.ofSeconds(10), Duration.ofSeconds(5));

    @Test
    void unknownTarget_isTriedAtOnce_butByOneAttempt() {
        metric.ended("known", Outcome.FAILED, 3_600 * SECOND, 0);

        assertThat(metric.load(target("new", 1, 0), 0)).isZero();
        assertThat(metric.load(target("new", 1, 1), 0)).isGreaterThan(metric.load(target("known", 1, 60), 0));
    }

    @Test
    void unknownTargets_areFilledEvenly() {
        assertThat(metric.load(target("a", 1, 2), 0)).isGreaterThan(metric.load(target("b", 1, 1), 0));
        assertThat(metric.load(target("a", 4, 2), 0)).isLessThan(metric.load(target("b", 1, 1), 0));
    }

    @Test
    void load_isTheTimeForAllInFlightAndOneMore_relativeToTheWeight() {
        metric.ended("a", Outcome.ANSWERED, SECOND, 0);

        assertThat(metric.load(target("a", 1, 0), 0)).isEqualTo(1e9, ROUNDING);
        assertThat(metric.load(target("a", 1, 3), 0)).isEqualTo(4e9, ROUNDING);
        assertThat(metric.load(target("a", 2, 3), 0)).isEqualTo(2e9, ROUNDING);
    }

    @Test
    void longerTime_countsAtOnce_shorterOneBitByBit() {
        metric.ended("a", Outcome.ANSWERED, SECOND, 0);
        metric.ended("a", Outcome.ANSWERED, 4 * SECOND, 1);
        assertThat(busy(1)).isEqualTo(4e9, ROUNDING);

        metric.ended("a", Outcome.ANSWERED, SECOND, 1 + 10 * SECOND);
        assertThat(busy(1 + 10 * SECOND)).isEqualTo(1e9 + 3e9 / Math.E, ROUNDING);
    }

    @Test
    void whatIsKnown_fadesWhileIdle_andHoldsWhileBusy() {
        metric.ended("a", Outcome.ANSWERED, 10 * SECOND, 0);

        assertThat(metric.load(target("a", 1, 0), 20 * SECOND)).isEqualTo(1e10 / Math.E / Math.E, ROUNDING);
        assertThat(metric.load(target("a", 1, 1), 20 * SECOND)).isEqualTo(2e10, ROUNDING);
    }

    @Test
    void fastFailure_looksSlowerThanAnyAnswerBefore() {
        metric.ended("a", Outcome.ANSWERED, SECOND, 0);
        metric.ended("a", Outcome.FAILED, 1, 1);

        assertThat(busy(1)).isEqualTo(6e9, ROUNDING);

        metric.ended("a", Outcome.FAILED, 1, 2);
        assertThat(busy(2)).isEqualTo(11e9, ROUNDING);
    }

    @Test
    void slowFailure_looksAsSlowAsItWas() {
        metric.ended("a", Outcome.FAILED, 1, 0);
        assertThat(busy(0)).isEqualTo(5e9, ROUNDING);
        metric.ended("a", Outcome.FAILED, 30 * SECOND, 1);

        assertThat(busy(1)).isEqualTo(30e9, ROUNDING);
    }

    @Test
    void cancelledAttempt_countsOnlyIfItHadTakenLongerThanAnswersDo() {
        metric.ended("a", Outcome.ANSWERED, 2 * SECOND, 0);
        metric.ended("a", Outcome.CANCELLED, SECOND, 10 * SECOND);
        assertThat(busy(10 * SECOND)).isEqualTo(2e9, ROUNDING);

        metric.ended("a", Outcome.CANCELLED, 7 * SECOND, 10 * SECOND);
        assertThat(busy(10 * SECOND)).isEqualTo(7e9, ROUNDING);
    }

    @Test
    void refusedPrompt_saysNothingOfTheTarget() {
        metric.ended("a", Outcome.REFUSED, SECOND, 0);
        assertThat(metric.load(target("a", 1, 0), 0)).isZero();

        metric.ended("a", Outcome.ANSWERED, 2 * SECOND, 0);
        metric.ended("a", Outcome.REFUSED, 9 * SECOND, 0);
        assertThat(busy(0)).isEqualTo(2e9, ROUNDING);
    }

    private double busy(long now) {
        return metric.load(target("a", 1, 1), now) / 2;
    }

    private static TargetView target(String id, int weight, int inFlight) {
        return new TargetView(id, weight, inFlight, 64, 1);
    }
}
