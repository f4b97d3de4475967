package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;

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

    private String pickByHeadroom(TargetView... ready) {
        return ready[headroomPicker.pick(List.of(ready), 0)].id();
    }

    private static TargetView target(String id, int weight, int inFlight, double headroom) {
        return new TargetView(id, weight, inFlight, 64, headroom);
    }
}
