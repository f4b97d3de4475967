package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeastLoadedTest {

    private final Picker picker = new LeastInFlight().open(Settings.none("route test"), new SplittableRandom(1));

    @Test
    void heavyTarget_mayHaveAsManyMoreAsItsWeightSays() {
        assertThat(pick(target("a", 1, 3), target("b", 1, 2), target("c", 1, 4)))
                .isEqualTo("b");
        assertThat(pick(target("a", 1, 2), target("b", 3, 5))).isEqualTo("b");
        assertThat(pick(target("a", 1, 2), target("b", 3, 7))).isEqualTo("a");
    }

    @Test
    void shareThatIsEqualInOtherNumbers_isATie() {
        TargetView third = target("a", 3, 1);
        TargetView sixth = target("b", 6, 2);
        Map<String, Integer> picks = new HashMap<>();
        for (int n = 0; n < 9; n++) {
            picks.merge(pick(third, sixth), 1, Integer::sum);
        }
        assertThat(picks).containsEntry("a", 3).containsEntry("b", 6);
    }

    @Test
    void idleTargets_takeTurnsByWeight() {
        Map<String, Integer> picks = new HashMap<>();
        for (int n = 0; n < 50; n++) {
            picks.merge(
                    pick(target("a", 1, 0), target("more", 9, 1), target("b", 1, 0), target("c", 3, 0)),
                    1,
                    Integer::sum);
        }
        assertThat(picks).containsEntry("a", 10).containsEntry("b", 10).containsEntry("c", 30);
    }

    /**
     * 4 targets, 40,000 attempts, 12 in flight, none drawn by lot. The attempt that began first ends first on the
     * target that is due: "slow" takes four times as long as the others, so with equal numbers in flight it completes a
     * quarter of what each of them does, 1/13 of all. The tolerance of 0.01 is for the rounding of 12 into 4 times 3
     * while attempts change places.
     */
    @Test
    void slowTarget_getsWhatItCompletes() {
        Map<String, Integer> took = Map.of("a", 100, "b", 100, "c", 100, "slow", 400);
        ClosedLoop loop = new ClosedLoop(picker, took, 12);
        Map<String, Integer> picks = loop.run(40_000);
        assertThat(picks.getOrDefault("slow", 0) / 40_000.0).isCloseTo(1 / 13.0, within(0.01));
    }

    private String pick(TargetView... ready) {
        return ready[picker.pick(List.of(ready), 0)].id();
    }

    private static TargetView target(String id, int weight, int inFlight) {
        return new TargetView(id, weight, inFlight, 64, 1);
    }

    private final Picker headroomPicker = new MostHeadroom().open(Settings.none("route test"), new SplittableRandom(1));

    @Test
    void largestShareLeft_isPicked_whateverItsWeightAndWhatIsInFlight() {
        assertThat(pickByHeadroom(target("a", 9, 0, 0.3), target("b", 1, 60, 0.4), target("c", 9, 0, 0.1)))
                .isEqualTo("b");
    }

    @Test
    void ofEqualShares_theLeastInFlightForItsWeightIsPicked() {
        assertThat(pickByHeadroom(target("a", 1, 2, 0.5), target("b", 4, 4, 0.5), target("c", 9, 0, 0.4)))
                .isEqualTo("b");
    }

    @Test
    void ofThoseAlikeInBoth_eachHasItsTurn() {
        Map<String, Integer> picks = new HashMap<>();
        for (int n = 0; n < 40; n++) {
            picks.merge(pickByHeadroom(target("a", 1, 0, 0.5), target("b", 3, 0, 0.5)), 1, Integer::sum);
        }
        assertThat(picks).containsEntry("a", 10).containsEntry("b", 30);
    }

    /**
     * 3 targets, 1,400 attempts on limits of 1,000, 500 and 100 that don't refill; nothing is drawn by lot. Each
     * pickByHeadroom takes one from the largest share, so shares never differ by more than one pickByHeadroom of the
     * smallest limit, 1/100.
     */
    @Test
    void limitsOfDifferentSize_areUsedUpAtThePaceOfTheirSize() {
        Map<String, Integer> limits = Map.of("large", 1_000, "middle", 500, "small", 100);
        Map<String, Integer> used = new HashMap<>();
        for (int n = 0; n < 1_400; n++) {
            used.merge(
                    pickByHeadroom(
                            left("large", limits, used), left("middle", limits, used), left("small", limits, used)),
                    1,
                    Integer::sum);
            double most = share("large", limits, used);
            assertThat(share("middle", limits, used)).as("pickByHeadroom %s", n).isCloseTo(most, within(0.01 + 1e-9));
            assertThat(share("small", limits, used)).as("pickByHeadroom %s", n).isCloseTo(most, within(0.01 + 1e-9));
        }
    }

    private static TargetView left(String id, Map<String, Integer> limits, Map<String, Integer> used) {
        return target(id, 1, 0, share(id, limits, used));
    }

    private static double share(String id, Map<String, Integer> limits, Map<String, Integer> used) {
        return 1 - (double) used.getOrDefault(id, 0) / limits.getOrDefault(id, 0);
    }

    private String pickByHeadroom(TargetView... ready) {
        return ready[headroomPicker.pick(List.of(ready), 0)].id();
    }

    private static TargetView target(String id, int weight, int inFlight, double headroom) {
        return new TargetView(id, weight, inFlight, 64, headroom);
    }
}
