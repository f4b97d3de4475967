package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Picker.Outcome;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeakEwmaTest {

    private static final long SECOND = 1_000_000_000;
    private static final TargetView A = new TargetView("a", 1, 0, 64, 1);
    private static final TargetView B = new TargetView("b", 1, 0, 64, 1);

    /** A failure counts for five seconds, of which a third is left after ten. */
    @ParameterizedTest
    @CsvSource({"4900, 0, a", "5100, 0, b", "1800, 10, a", "1900, 10, b"})
    void whatIsNotSet_isFiveSecondsForAFailure_andADecayOfTen(long millis, long age, String picked) {
        Picker picker = open(Map.of());
        picker.ended("b", Outcome.FAILED, 1, 0);
        picker.ended("a", Outcome.ANSWERED, millis * SECOND / 1_000, age * SECOND);
        assertThat(List.of(A, B).get(picker.pick(List.of(A, B), age * SECOND)).id())
                .isEqualTo(picked);
    }

    @Test
    void decay_isHowLongSlownessIsRemembered() {
        Picker brief = open(Map.of("decay", "1s"));
        Picker usual = open(Map.of());
        for (Picker picker : List.of(brief, usual)) {
            picker.ended("a", Outcome.ANSWERED, SECOND, 10 * SECOND);
            picker.ended("b", Outcome.ANSWERED, 20 * SECOND, 0);
        }
        assertThat(brief.pick(List.of(A, B), 10 * SECOND)).isEqualTo(1);
        assertThat(usual.pick(List.of(A, B), 10 * SECOND)).isZero();
    }

    @Test
    void penalty_isHowMuchAFailureCounts() {
        Picker lenient = open(Map.of("penalty", "100ms"));
        Picker usual = open(Map.of());
        for (Picker picker : List.of(lenient, usual)) {
            picker.ended("a", Outcome.ANSWERED, SECOND, 0);
            picker.ended("b", Outcome.FAILED, 1, 0);
        }
        assertThat(lenient.pick(List.of(A, B), 0)).isEqualTo(1);
        assertThat(usual.pick(List.of(A, B), 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"decay", "penalty"})
    void settingThatIsNoDuration_isRefusedByName(String name) {
        assertThatThrownBy(() -> open(Map.of(name, "quick")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("route test")
                .hasMessageContaining(name)
                .hasMessageContaining("quick");
    }

    private static Picker open(Map<String, String> settings) {
        return new PeakEwma().open(new Settings("route test", settings), new SplittableRandom(1));
    }

    private static final int PICKS = 40_000;

    /** The number in a target's id is its load. */
    private static final LoadMetric BY_NAME = (target, nowNanos) -> Integer.parseInt(target.id());

    /**
     * 5 targets of different loads, 40,000 picks. Of the 10 pairs the least loaded is in 4 and wins all of them, the
     * next is in 3 that it wins, and so on; the most loaded is never picked. 0.01 is 4 standard deviations of the share
     * of 0.4 (the square root of 0.4 × 0.6 / 40,000 is 0.0025).
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void eachPair_isAsLikely_andTheLessLoadedOfItWins(long seed) {
        int[] picks = picks(new TwoChoices(BY_NAME, new SplittableRandom(seed)), targets("0", "1", "2", "3", "4"));
        for (int rank = 0; rank < 4; rank++) {
            assertThat(picks[rank] / (double) PICKS)
                    .as("share of rank %s", rank)
                    .isCloseTo((4 - rank) / 10.0, within(0.01));
        }
        assertThat(picks[4]).isZero();
    }

    @Test
    void two_areAlwaysCompared() {
        Picker picker = new TwoChoices(BY_NAME, new SplittableRandom(1));
        assertThat(picks(picker, targets("2", "1"))).containsExactly(0, PICKS);
        assertThat(picks(picker, targets("3"))).containsExactly(PICKS);
    }

    private static int[] picks(Picker picker, List<TargetView> targets) {
        int[] picks = new int[targets.size()];
        for (int n = 0; n < PICKS; n++) {
            picks[picker.pick(targets, n)]++;
        }
        return picks;
    }

    private static List<TargetView> targets(String... ids) {
        List<TargetView> targets = new ArrayList<>();
        for (String id : ids) {
            targets.add(new TargetView(id, 1, 0, 64, 1));
        }
        return targets;
    }

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
