package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoChoicesTest {

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

    @Test
    void ofEquals_theOneDrawnFirstIsPicked() {
        SplittableRandom random = new SplittableRandom(1);
        SplittableRandom same = new SplittableRandom(1);
        List<TargetView> ready = targets("7", "7", "7", "7");
        Picker picker = new TwoChoices(BY_NAME, random);

        for (int pick = 0; pick < 100; pick++) {
            assertThat(picker.pick(ready, 0)).isEqualTo(same.nextInt(4));
            same.nextInt(3);
        }
    }

    @Test
    void ends_areTheMetricsToLearnFrom() {
        List<String> told = new ArrayList<>();
        LoadMetric metric = new LoadMetric() {
            @Override
            public double load(TargetView target, long nowNanos) {
                return 0;
            }

            @Override
            public void ended(String target, Picker.Outcome outcome, long latencyNanos, long nowNanos) {
                told.add(target + " " + outcome + " " + latencyNanos + " " + nowNanos);
            }
        };

        new TwoChoices(metric, new SplittableRandom(1)).ended("a", Picker.Outcome.FAILED, 5, 9);

        assertThat(told).containsExactly("a FAILED 5 9");
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
}
